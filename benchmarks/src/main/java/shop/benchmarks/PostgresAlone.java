package shop.benchmarks;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.ResultSetExtractor;

/**
 * PostgreSQL without the shop: the rows that a sale has left are written once more, into a database of the same schema,
 * in batches as large, over one connection as the drain does it. Nothing is looked up, and nobody reads the outbox.
 */
final class PostgresAlone {
    private static final int BATCH = 250; // shop.sales.batch

    private static final List<Table> TABLES = List.of(
            new Table("orders", "*", "orders t where sale = ? order by id"),
            new Table(
                    "order_lines",
                    "*",
                    "order_lines t where order_id in (select id from orders where sale = ?) order by order_id"),
            new Table("purchases", "*", "purchases t where sale = ? order by order_id"),
            new Table("outbox", "event_id, shard, aggregate, routing_key, occurred_at, headers, body", """
                    outbox t where routing_key = 'order.placed'
                    and aggregate in (select id::text from orders where sale = ?) order by aggregate"""));

    private final JdbcTemplate from;
    private final DataSource to;

    PostgresAlone(JdbcTemplate from, DataSource to) {
        this.from = from;
        this.to = to;
    }

    private record Table(String name, String columns, String rows) {}

    private record Rows(Table table, List<Object[]> values, int columns) {

        String insert() {
            String named = table.columns().equals("*") ? "" : " (" + table.columns() + ")";
            String places = String.join(
                    ", ", IntStream.range(0, columns).mapToObj(column -> "?").toList());
            return "insert into %s%s values (%s)".formatted(table.name(), named, places);
        }
    }

    /** Writes a sale's rows, and says how many orders a second. */
    double ordersPerSecond(UUID sale) throws SQLException {
        Rows sales = rows(new Table("sales", "*", "sales t where id = ?"), sale);
        List<Rows> all = TABLES.stream().map(table -> rows(table, sale)).toList();
        int orders = all.get(0).values().size();
        if (all.stream().anyMatch(rows -> rows.values().size() != orders)) {
            throw new IllegalStateException(
                    "Not one line, purchase and event for each of %,d orders".formatted(orders));
        }
        try (Connection connection = to.getConnection()) {
            connection.setAutoCommit(false);
            insert(connection, sales, 0, 1);
            connection.commit();
            long begun = System.nanoTime();
            for (int first = 0; first < orders; first += BATCH) {
                int last = Math.min(orders, first + BATCH);
                try (PreparedStatement update =
                        connection.prepareStatement("update sales set version = version + 1 where id = ?")) {
                    update.setObject(1, sale);
                    update.executeUpdate();
                }
                for (Rows rows : all) {
                    insert(connection, rows, first, last);
                }
                connection.commit();
            }
            return orders / ((System.nanoTime() - begun) / 1e9);
        }
    }

    private static void insert(Connection connection, Rows rows, int first, int last) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(rows.insert())) {
            for (Object[] values : rows.values().subList(first, last)) {
                for (int column = 0; column < values.length; column++) {
                    insert.setObject(column + 1, values[column]);
                }
                insert.addBatch();
            }
            insert.executeBatch();
        }
    }

    private Rows rows(Table table, UUID sale) {
        String query = "select %s from %s".formatted(table.columns(), table.rows());
        ResultSetExtractor<Rows> extractor = found -> {
            ResultSetMetaData columns = found.getMetaData();
            List<Object[]> values = new ArrayList<>();
            while (found.next()) {
                Object[] row = new Object[columns.getColumnCount()];
                for (int column = 0; column < row.length; column++) {
                    row[column] = found.getObject(column + 1);
                }
                values.add(row);
            }
            return new Rows(table, values, columns.getColumnCount());
        };
        return Objects.requireNonNull(from.query(query, extractor, sale));
    }
}
