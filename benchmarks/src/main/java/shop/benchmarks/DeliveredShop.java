package shop.benchmarks;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.transaction.support.TransactionTemplate;
import shop.playground.client.Api;
import shop.playground.client.Buyer;
import shop.playground.client.Eventually;
import shop.playground.client.Operator;
import shop.playground.console.Screen;
import shop.playground.servers.Postgres;
import shop.playground.shop.BuyerRegister;
import shop.playground.shop.Shop;
import shop.playground.shop.ShopBuilder;

/**
 * The shop as it is delivered, with a crowd of customers who are signed in, and plenty of one product. They are inserted
 * by SQL: nobody is welcomed by mail, and no password is hashed. Their tokens are signed with the shop's own key.
 */
final class DeliveredShop implements AutoCloseable {
    static final String ORDERS = "order-service";
    static final String GATEWAY = "seckill-gateway";

    private static final Duration LENGTH = Duration.ofHours(6);

    /** An order that nobody pays is given up only when all is measured. */
    private static final String PAYMENT_WINDOW = "6h";

    private final Shop shop;
    private final List<Buyer> buyers;
    private final HikariDataSource pool;
    private final JdbcTemplate database;
    private final Operator operator;
    private final Api gateway;
    private final UUID product;

    private DeliveredShop(Shop shop, Crowd crowd) {
        this.shop = shop;
        this.buyers = IntStream.range(0, crowd.tokens().size())
                .mapToObj(number -> new Buyer(
                        crowd.buyers().get(number).toString(), crowd.tokens().get(number)))
                .toList();
        this.pool = new HikariDataSource(pooled(shop.postgres()));
        this.database = new JdbcTemplate(pool);
        this.operator = Operator.signIn(new Api(Api.client(), shop.orders()), shop.operatorPassword());
        this.gateway = new Api(Api.client(), shop.gateway());
        this.product = Objects.requireNonNull(
                database.queryForObject("select id from products order by available desc limit 1", UUID.class));
    }

    private static HikariConfig pooled(Postgres postgres) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(postgres.database("orders"));
        config.setUsername(postgres.username());
        config.setPassword(postgres.password());
        config.setMaximumPoolSize(4);
        return config;
    }

    /** Its own settings; more can be set before it is started. */
    static ShopBuilder settings(Crowd crowd) {
        return Shop.builder()
                .asDelivered()
                .property(ORDERS, "shop.tokens.private-key", crowd.mint().privateKey())
                .property(ORDERS, "shop.orders.payment-window", PAYMENT_WINDOW);
    }

    /**
     * Starts it.
     *
     * @param copies further databases that begin as the order service's own, customers included
     */
    static DeliveredShop start(ShopBuilder settings, Crowd crowd, String... copies) {
        Shop shop = settings.start();
        try {
            shop.rabbitMq().allowMemory("2GB"); // its alarm is not what is measured
            fill(shop.postgres(), crowd);
            if (copies.length > 0) {
                shop.service(ORDERS).stop(); // PostgreSQL copies only what nobody is connected to
                copy(shop.postgres(), copies);
                shop.service(ORDERS).start();
            }
            return new DeliveredShop(shop, crowd);
        } catch (RuntimeException e) {
            shop.close();
            throw e;
        }
    }

    private static void fill(Postgres postgres, Crowd crowd) {
        new BuyerRegister(postgres).enter(crowd.buyers());
        with(postgres, "orders", database -> {
            database.update("update products set available = 1000000000");
            database.execute("analyze");
        });
    }

    private static void copy(Postgres postgres, String... copies) {
        with(
                postgres,
                "postgres",
                database -> Stream.of(copies)
                        .forEach(copy -> database.execute("create database %s template orders".formatted(copy))));
    }

    private static void with(Postgres postgres, String name, Consumer<JdbcTemplate> work) {
        SingleConnectionDataSource single =
                new SingleConnectionDataSource(postgres.database(name), postgres.username(), postgres.password(), true);
        try {
            work.accept(new JdbcTemplate(single));
        } finally {
            single.destroy();
        }
    }

    /** Opens a sale, and returns when the gateway knows it. */
    UUID openSale(int units) {
        String sale = operator.openSale(product.toString(), units, LENGTH);
        Eventually.ask(() -> gateway.get("/sales/" + sale).status(), status -> status == 200);
        return UUID.fromString(sale);
    }

    /**
     * Does something while the order service can do nothing in a sale: its first batch waits for the sale's row. So it need
     * not be stopped, which would cost it what its compiler knows.
     */
    <T> T whileHeld(UUID sale, Supplier<T> work) {
        return Objects.requireNonNull(
                new TransactionTemplate(new DataSourceTransactionManager(pool)).execute(status -> {
                    database.queryForList("select id from sales where id = ? for update", sale);
                    return work.get();
                }));
    }

    int left(UUID sale) {
        Integer left = database.queryForObject("select \"left\" from sales where id = ?", Integer.class, sale);
        return left == null ? 0 : left;
    }

    /** Tickets whose outcome the gateways have not heard. */
    long pending(UUID sale) {
        return Long.parseLong(shop.redis().command("ZCARD", "seckill:{%s}:pending".formatted(sale)));
    }

    Shop shop() {
        return shop;
    }

    List<Buyer> buyers() {
        return buyers;
    }

    Operator operator() {
        return operator;
    }

    JdbcTemplate database() {
        return database;
    }

    /** A new connection each time. */
    DataSource database(String copy) {
        Postgres postgres = shop.postgres();
        return new DriverManagerDataSource(
                postgres.database(copy) + "?reWriteBatchedInserts=true", postgres.username(), postgres.password());
    }

    /** What it runs on, and how. */
    void tellSettings(Screen screen) {
        Settings.machine(screen);
        screen.say("services    each a process of its own, -Xmx512m, settings as delivered; orders may be paid for %s"
                .formatted(PAYMENT_WINDOW));
        Settings.postgres(screen, database);
        Settings.redis(screen, shop.redis());
        Settings.rabbit(screen, shop.rabbitMq(), "");
    }

    @Override
    public void close() {
        pool.close();
        shop.service(ORDERS).stop(); // in order, so that a recording is written
        shop.close();
    }
}
