package shop.playground.audit;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import shop.playground.servers.Postgres;
import shop.playground.servers.ServerException;

/** What a service has in its database. */
final class Database {

    private final Postgres postgres;
    private final String name;
    private final String service;

    Database(Postgres postgres, String name, String service) {
        this.postgres = postgres;
        this.name = name;
        this.service = service;
    }

    /** The service that owns it, by the name under which it publishes. */
    String service() {
        return service;
    }

    /** An event as it is in the outbox. */
    record Appended(String id, String key, String aggregate) {}

    /** What was ever appended, in that order; what was sent stays for an hour. */
    List<Appended> outbox() {
        return read(
                "select event_id, routing_key, aggregate from outbox order by id",
                row -> new Appended(row.getString(1), row.getString(2), row.getString(3)));
    }

    List<String> inbox(String queue) {
        return read("select message_id from inbox where queue = '" + queue + "'", row -> row.getString(1));
    }

    List<String> column(String query) {
        return read(query, row -> row.getString(1));
    }

    /** Of a query for two columns, the first of which is unique. */
    Map<String, String> pairs(String query) {
        Map<String, String> pairs = new TreeMap<>();
        read(query, row -> pairs.put(row.getString(1), row.getString(2)));
        return pairs;
    }

    long count(String tableAndCondition) {
        return read("select count(*) from " + tableAndCondition, row -> row.getLong(1))
                .get(0);
    }

    /** How many events of this kind there must be about this aggregate. */
    record Change(String key, String aggregate, long events) {}

    List<Change> changes(String query) {
        return read(query, row -> new Change(row.getString(1), row.getString(2), row.getLong(3)));
    }

    private interface Reading<T> {
        T from(ResultSet row) throws SQLException;
    }

    private <T> List<T> read(String query, Reading<T> reading) {
        try (Connection connection =
                        DriverManager.getConnection(postgres.database(name), postgres.username(), postgres.password());
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            List<T> all = new ArrayList<>();
            while (rows.next()) {
                all.add(reading.from(rows));
            }
            return all;
        } catch (SQLException e) {
            throw new ServerException("PostgreSQL did not answer for " + service + ".", e);
        }
    }
}
