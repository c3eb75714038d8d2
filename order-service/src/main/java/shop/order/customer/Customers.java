package shop.order.customer;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import shop.events.Address;

/** The customers, as the database has them. */
@Repository
public class Customers {
    private static final String SELECT = """
            select c.id, c.name, a.email, c.phone, c.language, c.street, c.city, c.postcode, c.country
            from customers c join accounts a using (id)
            """;

    private final JdbcClient database;

    Customers(JdbcClient database) {
        this.database = database;
    }

    public Optional<Customer> find(UUID id) {
        return database.sql(SELECT + "where c.id = ?")
                .param(id)
                .query((row, number) -> customer(row))
                .optional();
    }

    /** Those of the customers that exist, in no order. */
    public List<Customer> find(Collection<UUID> ids) {
        return database.sql(SELECT + "where c.id = any(?)")
                .param(ids.toArray(UUID[]::new))
                .query((row, number) -> customer(row))
                .list();
    }

    void add(Customer customer) {
        database.sql("""
                insert into customers (id, name, phone, language, street, city, postcode, country)
                values (?, ?, ?, ?, ?, ?, ?, ?)""")
                .params(
                        customer.id(),
                        customer.name(),
                        customer.phone(),
                        customer.language(),
                        customer.address().street(),
                        customer.address().city(),
                        customer.address().postcode(),
                        customer.address().country())
                .update();
    }

    private static Customer customer(ResultSet row) throws SQLException {
        return new Customer(
                row.getObject("id", UUID.class),
                row.getString("name"),
                row.getString("email"),
                row.getString("phone"),
                row.getString("language"),
                new Address(
                        row.getString("street"),
                        row.getString("city"),
                        row.getString("postcode"),
                        row.getString("country")));
    }
}
