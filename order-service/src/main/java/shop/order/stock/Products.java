package shop.order.stock;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import shop.events.Money;

/** The products, as the database has them. */
@Repository
class Products {
    private final JdbcClient database;

    Products(JdbcClient database) {
        this.database = database;
    }

    /** A product and its stock as a change left them. */
    record Changed(Product product, StockLevel level) {}

    List<Product> all() {
        return database.sql("select id, name, price, currency from products order by id")
                .query((row, number) -> product(row))
                .list();
    }

    List<StockLevel> levels(Collection<UUID> products) {
        return database.sql("select id, available, version from products where id = any(?)")
                .param(products.toArray(UUID[]::new))
                .query((row, number) -> level(row))
                .list();
    }

    /** Takes units out of a product's stock, and locks it. Empty, and nothing taken, when there are too few. */
    Optional<Changed> take(UUID product, int quantity) {
        return database.sql("""
                update products set available = available - :quantity, version = version + 1
                where id = :product and available >= :quantity
                returning id, name, price, currency, available, version""")
                .param("product", product)
                .param("quantity", quantity)
                .query((row, number) -> changed(row))
                .optional();
    }

    /** Puts units back into a product's stock, and locks it. */
    Changed giveBack(UUID product, int quantity) {
        return database.sql("""
                update products set available = available + :quantity, version = version + 1
                where id = :product
                returning id, name, price, currency, available, version""")
                .param("product", product)
                .param("quantity", quantity)
                .query((row, number) -> changed(row))
                .single();
    }

    private static Changed changed(ResultSet row) throws SQLException {
        return new Changed(product(row), level(row));
    }

    private static Product product(ResultSet row) throws SQLException {
        return new Product(
                row.getObject("id", UUID.class),
                row.getString("name"),
                new Money(row.getLong("price"), row.getString("currency")));
    }

    private static StockLevel level(ResultSet row) throws SQLException {
        return new StockLevel(row.getObject("id", UUID.class), row.getInt("available"), row.getLong("version"));
    }
}
