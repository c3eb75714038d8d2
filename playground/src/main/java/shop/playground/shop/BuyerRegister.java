package shop.playground.shop;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Collection;
import java.util.UUID;
import shop.playground.servers.Postgres;

/**
 * Enters customers into the order service's books in one go: to register hundreds by HTTP takes longer than a sale does.
 * Nobody is welcomed by mail.
 */
public final class BuyerRegister {
    private static final String ENTER = """
            with entered as (
                insert into accounts (id, email, role, password_hash)
                select id, id || '@buyers.example', 'customer', 'none' from unnest(?) id
                returning id)
            insert into customers (id, name, phone, language, street, city, postcode, country)
            select id, 'A buyer', '+440000000000', 'en', '12 Byron Street', 'London', 'N1 9GU', 'GB' from entered""";

    private final Postgres postgres;

    public BuyerRegister(Postgres postgres) {
        this.postgres = postgres;
    }

    public void enter(Collection<UUID> buyers) {
        try (Connection connection = DriverManager.getConnection(
                        postgres.database("orders"), postgres.username(), postgres.password());
                PreparedStatement statement = connection.prepareStatement(ENTER)) {
            statement.setArray(1, connection.createArrayOf("uuid", buyers.toArray()));
            statement.executeUpdate();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
