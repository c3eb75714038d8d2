package shop.order.sale;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import shop.events.Money;
import shop.events.OpenSale;

/** The sales, as the database has them. */
@Repository
class Sales {
    private static final String SELECT = "select s.*, p.name from sales s join products p on p.id = s.product ";

    private final JdbcClient database;

    Sales(JdbcClient database) {
        this.database = database;
    }

    /**
     * Adds a new sale.
     *
     * @param grace how long after its end the sale is closed: what was admitted in time is on its way till then
     */
    void add(Sale sale, Duration grace) {
        database.sql("""
                insert into sales (id, product, price, currency, opens, closes, state, allotment, "left", version,
                                   marker_due)
                values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""")
                .params(
                        sale.id(),
                        sale.product(),
                        sale.price().amount(),
                        sale.price().currency(),
                        Timestamp.from(sale.opens()),
                        Timestamp.from(sale.closes()),
                        sale.state().name(),
                        sale.allotment(),
                        sale.left(),
                        sale.version(),
                        Timestamp.from(sale.closes().plus(grace)))
                .update();
    }

    Optional<Sale> find(UUID id) {
        return database.sql(SELECT + "where s.id = ?")
                .param(id)
                .query((row, number) -> sale(row))
                .optional();
    }

    List<OpenSale> open() {
        return database.sql("select id, closes from sales where state = 'OPEN'")
                .query((row, number) -> new OpenSale(
                        row.getObject("id", UUID.class),
                        row.getTimestamp("closes").toInstant()))
                .list();
    }

    /** Those of the sales that exist, locked in the order of their ids until the current transaction ends. */
    List<Sale> lock(Collection<UUID> ids) {
        return database.sql(SELECT + "where s.id = any(?) order by s.id for update of s")
                .param(ids.toArray(UUID[]::new))
                .query((row, number) -> sale(row))
                .list();
    }

    /** Takes units of an open sale for orders, whether or not so many are left being the caller's knowledge. */
    Sale take(Sale sale, int units) {
        return change(
                sale.id(),
                "\"left\" = \"left\" - :units",
                units,
                "state = 'OPEN' and \"left\" >= :units"); // the lock makes it true; the condition makes it certain
    }

    /** Ends an open sale after these last units, and sets aside what is left for the product. */
    Sale close(Sale sale, int units) {
        return change(
                sale.id(),
                "state = 'CLOSED', returned = returned + \"left\" - :units, \"left\" = 0",
                units,
                "state = 'OPEN' and \"left\" >= :units");
    }

    /** Frees units of cancelled orders: for the sale while it is open, later for the product. */
    Sale giveBack(Sale sale, int units) {
        return change(sale.id(), """
                "left" = "left" + case when state = 'OPEN' then :units else 0 end,
                returned = returned + case when state = 'OPEN' then 0 else :units end""", units, "true");
    }

    private Sale change(UUID id, String change, int units, String condition) {
        return database.sql("""
                with s as (
                    update sales set version = version + 1, %s where id = :id and %s returning *)
                select s.*, p.name from s join products p on p.id = s.product""".formatted(change, condition))
                .param("id", id)
                .param("units", units)
                .query((row, number) -> sale(row))
                .single();
    }

    /** Claims open sales past their end; nobody else gets them until the lease runs out. */
    List<UUID> claimEnded(Duration lease, int limit) {
        return database.sql("""
                update sales set marker_due = now() + :lease * interval '1 ms'
                where id in (
                    select id from sales where state = 'OPEN' and marker_due <= now()
                    order by marker_due limit :limit for update skip locked)
                returning id""")
                .param("lease", lease.toMillis())
                .param("limit", limit)
                .query((row, number) -> row.getObject("id", UUID.class))
                .list();
    }

    void markerDue(UUID id, Duration in) {
        database.sql("update sales set marker_due = now() + ? * interval '1 ms' where id = ?")
                .params(in.toMillis(), id)
                .update();
    }

    private static Sale sale(ResultSet row) throws SQLException {
        return new Sale(
                row.getObject("id", UUID.class),
                row.getObject("product", UUID.class),
                row.getString("name"),
                new Money(row.getLong("price"), row.getString("currency")),
                row.getTimestamp("opens").toInstant(),
                row.getTimestamp("closes").toInstant(),
                Sale.State.valueOf(row.getString("state")),
                row.getInt("allotment"),
                row.getInt("left"),
                row.getInt("returned"),
                row.getLong("version"));
    }
}
