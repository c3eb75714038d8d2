package shop.order.ordering;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import shop.events.Address;
import shop.events.Line;
import shop.events.Money;
import shop.events.Recipient;
import shop.order.Now;

/** The orders, as the database has them. */
@Repository
public class Orders {
    private final JdbcClient database;
    private final JdbcTemplate batches;

    Orders(JdbcClient database, JdbcTemplate batches) {
        this.database = database;
        this.batches = batches;
    }

    /** Stores new orders. */
    public void add(Collection<Order> orders) {
        batches.batchUpdate("""
                insert into orders (id, customer, state, name, email, phone, language, street, city, postcode, country,
                                    total, currency, placed_at, pay_before, sale, ticket)
                values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""", orders.stream().map(Orders::row).toList());
        batches.batchUpdate(
                """
                insert into order_lines (order_id, position, product, name, quantity, price)
                values (?, ?, ?, ?, ?, ?)""", orders.stream().flatMap(order -> lines(order).stream()).toList());
    }

    public Optional<Order> find(UUID id) {
        return read(id, "");
    }

    /** Finds an order and keeps others from changing it until the current transaction ends. */
    public Optional<Order> lock(UUID id) {
        return read(id, " for update");
    }

    /** A place in the line of unpaid orders, which is by the end of their time to be paid. */
    record Due(Instant payBefore, UUID id) {}

    /** Finds unpaid orders behind this place in their line, up to that time. Nobody is kept from changing them. */
    List<Due> due(Due behind, Instant until, int limit) {
        return database.sql("""
                        select id, pay_before from orders
                        where state = 'PLACED' and (pay_before, id) > (?, ?) and pay_before <= ?
                        order by pay_before, id limit ?""")
                .params(Timestamp.from(behind.payBefore()), behind.id(), Timestamp.from(until), limit)
                .query((row, number) ->
                        new Due(row.getTimestamp("pay_before").toInstant(), row.getObject("id", UUID.class)))
                .list();
    }

    /** The present by the database's clock. */
    Instant now() {
        return Now.millis(
                database.sql("select now()").query(Timestamp.class).single().toInstant());
    }

    /** Locks those of the orders, as {@link #lock} does, that are unpaid and not locked by somebody else. */
    List<Order> lockUnpaid(Collection<UUID> ids) {
        return withLines(
                database.sql("select * from orders where id = any(?) and state = 'PLACED' for update skip locked")
                        .param(ids.toArray(UUID[]::new))
                        .query((row, number) -> order(row))
                        .list());
    }

    /**
     * Moves an order on, if it is in a state from which it can go there.
     *
     * @return whether it moved
     */
    public boolean move(UUID id, OrderState to) {
        return move(List.of(id), to) == 1;
    }

    /**
     * Moves orders on, those that are in a state from which they can go there.
     *
     * @return how many moved
     */
    int move(Collection<UUID> ids, OrderState to) {
        return database.sql("update orders set state = ? where id = any(?) and state = any(?)")
                .params(
                        to.name(),
                        ids.toArray(UUID[]::new),
                        to.before().stream().map(OrderState::name).toArray(String[]::new))
                .update();
    }

    private Optional<Order> read(UUID id, String locking) {
        return withLines(database.sql("select * from orders where id = ?" + locking)
                        .param(id)
                        .query((row, number) -> order(row))
                        .list())
                .stream()
                .findFirst();
    }

    private List<Order> withLines(List<Order> orders) {
        if (orders.isEmpty()) {
            return orders;
        }
        Map<UUID, List<Line>> lines = database
                .sql("""
                        select l.*, o.currency from order_lines l join orders o on o.id = l.order_id
                        where l.order_id = any(?) order by l.order_id, l.position""")
                .param(orders.stream().map(Order::id).toArray(UUID[]::new))
                .query((row, number) -> Map.entry(row.getObject("order_id", UUID.class), line(row)))
                .list()
                .stream()
                .collect(Collectors.groupingBy(
                        Map.Entry::getKey, Collectors.mapping(Map.Entry::getValue, Collectors.toList())));
        return orders.stream()
                .map(order -> order.with(lines.getOrDefault(order.id(), List.of())))
                .toList();
    }

    private static Line line(ResultSet row) throws SQLException {
        return new Line(
                row.getObject("product", UUID.class),
                row.getString("name"),
                row.getInt("quantity"),
                new Money(row.getLong("price"), row.getString("currency")));
    }

    private static @Nullable Object[] row(Order order) {
        Order.Claim claim = order.claim();
        return new @Nullable Object[] {
            order.id(),
            order.customer(),
            order.state().name(),
            order.recipient().name(),
            order.recipient().email(),
            order.recipient().phone(),
            order.recipient().language(),
            order.address().street(),
            order.address().city(),
            order.address().postcode(),
            order.address().country(),
            order.total().amount(),
            order.total().currency(),
            Timestamp.from(order.placedAt()),
            Timestamp.from(order.payBefore()),
            claim == null ? null : claim.sale(),
            claim == null ? null : claim.ticket()
        };
    }

    private static List<Object[]> lines(Order order) {
        List<Object[]> rows = new ArrayList<>();
        for (Line line : order.lines()) {
            rows.add(new Object[] {
                order.id(),
                rows.size(),
                line.product(),
                line.name(),
                line.quantity(),
                line.price().amount()
            });
        }
        return rows;
    }

    private static Order order(ResultSet row) throws SQLException {
        UUID sale = row.getObject("sale", UUID.class);
        return new Order(
                row.getObject("id", UUID.class),
                row.getObject("customer", UUID.class),
                OrderState.valueOf(row.getString("state")),
                new Recipient(
                        row.getString("name"),
                        row.getString("email"),
                        row.getString("phone"),
                        row.getString("language")),
                new Address(
                        row.getString("street"),
                        row.getString("city"),
                        row.getString("postcode"),
                        row.getString("country")),
                List.of(),
                new Money(row.getLong("total"), row.getString("currency")),
                row.getTimestamp("placed_at").toInstant(),
                row.getTimestamp("pay_before").toInstant(),
                sale == null ? null : new Order.Claim(sale, row.getString("ticket")));
    }
}
