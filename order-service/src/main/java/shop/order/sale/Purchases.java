package shop.order.sale;

import java.sql.Timestamp;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import shop.events.PurchaseSettled;
import shop.messaging.Ids;
import shop.order.Now;
import shop.order.ordering.Order;

/** What became of the tickets, as the database has it. */
@Repository
class Purchases {
    private final JdbcClient database;
    private final JdbcTemplate batches;

    Purchases(JdbcClient database, JdbcTemplate batches) {
        this.database = database;
        this.batches = batches;
    }

    /** Who holds a live order of a sale. */
    record Holder(UUID sale, UUID buyer) {}

    /** Those of the tickets that have an outcome. */
    Set<String> settled(Collection<String> tickets) {
        return new HashSet<>(database.sql("select ticket from purchases where ticket = any(?)")
                .param(tickets.toArray(String[]::new))
                .query(String.class)
                .list());
    }

    /** What the tickets have become by now, of each that has an outcome. */
    List<Settled> outcomes(Collection<String> tickets) {
        return database.sql("""
                select p.ticket, p.sale, p.buyer, p.order_id, p.reason, coalesce(o.state = 'CANCELLED', false) as cancelled
                from purchases p left join orders o on o.id = p.order_id
                where p.ticket = any(?) order by p.ticket""")
                .param(tickets.toArray(String[]::new))
                .query(Settled.class)
                .list();
    }

    /** What a ticket has become, and how that is told once more. */
    record Settled(
            String ticket,
            UUID sale,
            UUID buyer,
            @Nullable UUID orderId,
            @Nullable String reason,
            boolean cancelled) {

        PurchaseSettled again(int left, long version) {
            return new PurchaseSettled(
                    Ids.next(), Now.instant(), ticket, sale, buyer, orderId, cancelled, reason, left, version);
        }
    }

    /** Who of the buyers holds a live order of which of the sales. */
    Set<Holder> holders(Collection<UUID> sales, Collection<UUID> buyers) {
        return new HashSet<>(database.sql("""
                select sale, customer from orders
                where sale = any(?) and customer = any(?) and state <> 'CANCELLED'""")
                .params(sales.toArray(UUID[]::new), buyers.toArray(UUID[]::new))
                .query((row, number) ->
                        new Holder(row.getObject("sale", UUID.class), row.getObject("customer", UUID.class)))
                .list());
    }

    /** Stores outcomes; their orders are there already. */
    void add(List<Purchase> purchases) {
        batches.batchUpdate("""
                insert into purchases (ticket, sale, buyer, outcome, order_id, reason, settled_at)
                values (?, ?, ?, ?, ?, ?, ?)""", purchases.stream().map(Purchases::row).toList());
    }

    private static @Nullable Object[] row(Purchase purchase) {
        Order order = purchase.order();
        Refusal refusal = purchase.refusal();
        return new @Nullable Object[] {
            purchase.ticket(),
            purchase.sale(),
            purchase.buyer(),
            order == null ? "REFUSED" : "ORDERED",
            order == null ? null : order.id(),
            refusal == null ? null : refusal.name(),
            Timestamp.from(purchase.settledAt())
        };
    }

    /** Everything of it as of one moment. */
    Optional<Balance> balance(UUID sale) {
        return database.sql("""
                select allotment, "left", returned, version,
                       (select count(*) from orders o where o.sale = s.id and o.state <> 'CANCELLED') as ordered,
                       (select count(*) from purchases p where p.sale = s.id and p.outcome = 'REFUSED') as refused
                from sales s where id = ?""")
                .param(sale)
                .query((row, number) -> Balance.of(
                        row.getInt("allotment"),
                        row.getInt("left"),
                        row.getInt("returned"),
                        row.getInt("ordered"),
                        row.getInt("refused"),
                        row.getLong("version")))
                .optional();
    }
}
