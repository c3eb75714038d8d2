package shop.playground.servers;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Properties;

/** PostgreSQL, as durable as in production; databases are created when they are asked for. */
public final class Postgres extends BreakableServer {

    /** The image that stands for PostgreSQL under Docker. */
    static final String IMAGE = "postgres:17";

    private static final String USERNAME = "postgres";

    private final int port;
    private final String password;

    private Postgres(Breakable body, int port, String password) {
        super(body);
        this.port = port;
        this.password = password;
    }

    /** On a free port, with a random password. */
    public static Postgres local() {
        return local(Ports.free(), Secrets.random());
    }

    public static Postgres local(int port, String password) {
        return new Postgres(new PostgresProcess(port, USERNAME, password), port, password);
    }

    static Postgres inDocker() {
        int port = Ports.free();
        String password = Secrets.random();
        Container container = new Container(IMAGE)
                .env("POSTGRES_PASSWORD", password)
                .command("postgres", "-c", "max_connections=200")
                .port(port, 5432)
                // its first start runs a temporary server first, but that one does not listen on TCP
                .readyWhen(() -> answers(port, USERNAME, password));
        return new Postgres(container, port, password);
    }

    public String host() {
        return "127.0.0.1";
    }

    public int port() {
        return port;
    }

    public String username() {
        return USERNAME;
    }

    public String password() {
        return password;
    }

    /** The JDBC address of the database with this name, which is created if it is not there. */
    public String database(String name) {
        try (Connection connection = DriverManager.getConnection(url(port, "postgres"), USERNAME, password)) {
            try (PreparedStatement known = connection.prepareStatement("select 1 from pg_database where datname = ?")) {
                known.setString(1, name);
                if (!known.executeQuery().next()) {
                    try (Statement create = connection.createStatement()) {
                        create.execute("create database " + create.enquoteIdentifier(name, true));
                    }
                }
            }
        } catch (SQLException e) {
            throw new ServerException("PostgreSQL did not create the database " + name + ": see whether it runs.", e);
        }
        return url(port, name);
    }

    /** Those of the database {@code shop}, which is created if it is not there. */
    @Override
    public Map<String, String> properties() {
        return properties("shop");
    }

    /** The configuration by which a service finds its own database, which is created if it is not there. */
    public Map<String, String> properties(String database) {
        return Map.of(
                "spring.datasource.url", database(database),
                "spring.datasource.username", USERNAME,
                "spring.datasource.password", password);
    }

    static boolean answers(int port, String username, String password) {
        Properties properties = new Properties();
        properties.setProperty("user", username);
        properties.setProperty("password", password);
        properties.setProperty("connectTimeout", "2");
        properties.setProperty("socketTimeout", "5");
        try (Connection connection = DriverManager.getConnection(url(port, "postgres"), properties)) {
            return connection.isValid(2);
        } catch (SQLException e) {
            return false;
        }
    }

    private static String url(int port, String database) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
    }
}
