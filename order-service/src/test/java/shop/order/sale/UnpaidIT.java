package shop.order.sale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.GetResponse;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.TestPropertySource;
import org.springframework.transaction.support.TransactionTemplate;
import shop.events.PurchaseCommand;
import shop.order.Api;
import shop.order.Api.Answer;
import shop.order.Api.Caller;
import shop.order.WholeServiceTest;
import shop.playground.servers.Broker;
import shop.playground.servers.RabbitMq;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Orders that nobody pays in time, and their units, which go back to where they came from. */
@WholeServiceTest
@TestPropertySource(properties = "shop.orders.payment-window=8s")
@DirtiesContext
class UnpaidIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String POOR = Api.card("4000000000000002");
    private static final String OUT_OF_ORDER = Api.card("4000000000000119");
    private static final String PARKED = "order.payment-due.parked";
    private static final int RIVALS = 100;
    private static final int CROWD = 2_000;

    private final Api api;
    private final JdbcClient database;
    private final DataSource pool;
    private final Broker broker;
    private final SaleDriver sales;
    private final TransactionTemplate transactions;
    private final ScheduledExecutorService threads = Executors.newScheduledThreadPool(RIVALS);

    UnpaidIT(
            @Autowired Api api,
            @Autowired JdbcClient database,
            @Autowired DataSource pool,
            @Autowired TransactionTemplate transactions,
            Broker broker) {
        this.api = api;
        this.database = database;
        this.pool = pool;
        this.transactions = transactions;
        this.broker = broker;
        this.sales = new SaleDriver(api, database, broker);
    }

    @BeforeEach
    void queuesAreThere() {
        sales.declareQueue();
        sales.awaitConsumer();
        await().atMost(PATIENCE).ignoreExceptions().until(() -> broker.consumers("order.payment-due") > 0);
        broker.purge(PARKED);
    }

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    @Test
    void areCancelledWithinASecondOfTheirTimeAndTheirUnitsAreFree() {
        Caller buyer = api.customer();
        int lamps = sales.stock(Api.LAMP);
        List<String> orders =
                Stream.generate(() -> api.ordered(buyer)).limit(40).toList();

        await().atMost(PATIENCE).untilAsserted(() -> assertThat(orders).allMatch(this::cancelled));
        for (String order : orders) {
            assertThat(lateness(order)).isBetween(Duration.ZERO, Duration.ofMillis(999));
            assertThat(told("order.cancelled", order).path("reason").asString()).isEqualTo("UNPAID");
        }
        assertThat(sales.stock(Api.LAMP)).isEqualTo(lamps);
    }

    @Test
    void leaveTheirUnitsToTheirSaleAndTellHowManyAreLeft() {
        UUID sale = sales.open(20);
        List<PurchaseCommand> purchases = sales.customers(20).stream()
                .map(buyer -> SaleDriver.command(sale, buyer))
                .toList();
        sales.queue(purchases);
        await().atMost(PATIENCE).until(() -> sales.settled(sale) == 20);
        List<String> orders = purchases.stream()
                .map(purchase -> sales.order(purchase.ticket()))
                .toList();

        await().atMost(PATIENCE).untilAsserted(() -> assertThat(orders).allMatch(this::cancelled));
        assertThat(orders)
                .allSatisfy(order -> assertThat(lateness(order)).isBetween(Duration.ZERO, Duration.ofMillis(999)));
        assertThat(told(sale)).hasSize(20);
        assertTellsWhatIsLeft(told(sale));
        JsonNode balance = sales.balance(sale);
        assertThat(balance.path("left").asInt()).isEqualTo(20);
        assertThat(balance.path("balanced").asBoolean()).isTrue();
    }

    /** As after a rush: its orders come due as fast as they were settled, and whoever comes due behind them is not late. */
    @Test
    void areCancelledWithinASecondHoweverManyComeDueAtOnce() {
        List<UUID> rushes = List.of(sales.open(CROWD), sales.open(CROWD));
        rush(rushes);
        List<String> others =
                Stream.generate(() -> api.ordered(api.customer())).limit(10).toList();

        await().atMost(PATIENCE)
                .until(() -> cancelled(rushes) == 2 * CROWD && others.stream().allMatch(this::cancelled));
        for (UUID sale : rushes) {
            assertCancelledOnceAndInTime(sale, CROWD);
            assertThat(sales.balance(sale).path("left").asInt()).isEqualTo(CROWD);
            assertThat(sales.balance(sale).path("balanced").asBoolean()).isTrue();
        }
        assertThat(others)
                .allSatisfy(order -> assertThat(lateness(order)).isBetween(Duration.ZERO, Duration.ofMillis(999)));
    }

    private void assertCancelledOnceAndInTime(UUID sale, int number) {
        List<Told> cancellations = told(sale);
        assertThat(cancellations).hasSize(number).extracting(Told::order).doesNotHaveDuplicates();
        List<Duration> lateness =
                cancellations.stream().map(Told::late).sorted().toList();
        assertThat(lateness.get(0)).isGreaterThanOrEqualTo(Duration.ZERO);
        assertThat(lateness.get(number - 1)).isLessThan(Duration.ofSeconds(1));
        assertTellsWhatIsLeft(cancellations);
    }

    /** Far more than are looked at in one go. */
    @Test
    void areCancelledInTimeBehindHundredsWhosePaymentHasNoAnswer() {
        int pending = CROWD / 2;
        UUID sale = sales.open(CROWD);
        rush(List.of(sale));
        assertThat(database.sql("""
                        insert into payments (id, order_id, state)
                        select gen_random_uuid(), id, 'PENDING' from orders where sale = ? and state = 'PLACED'
                        order by pay_before, id limit ?""").params(sale, pending).update()).isEqualTo(pending);
        assertThat(cancelled(List.of(sale))).isZero();

        await().atMost(PATIENCE).until(() -> cancelled(List.of(sale)) == CROWD - pending);
        assertCancelledOnceAndInTime(sale, CROWD - pending);

        database.sql("""
                update payments set state = 'DECLINED'
                where order_id in (select id from orders where sale = ? and state = 'PLACED')""").param(sale).update();
        await().atMost(PATIENCE).until(() -> cancelled(List.of(sale)) == CROWD);
        assertThat(sales.balance(sale).path("balanced").asBoolean()).isTrue();
    }

    /** As a payment does that is being declined. */
    @Test
    void areCancelledInTimeWhileSomebodyHoldsTheFirstOfThem() {
        UUID sale = sales.open(CROWD);
        rush(List.of(sale));
        String first = database.sql("select id from orders where sale = ? order by pay_before, id limit 1")
                .param(sale)
                .query(String.class)
                .single();

        transactions.executeWithoutResult(status -> {
            lock(first);
            assertThat(cancelled(List.of(sale))).isZero();
            await().atMost(PATIENCE).until(() -> cancelled(List.of(sale)) == CROWD - 1);
            assertThat(state(first)).isEqualTo("PLACED");
            assertCancelledOnceAndInTime(sale, CROWD - 1);
        });

        await().atMost(PATIENCE).until(() -> cancelled(first));
        assertThat(told(sale)).hasSize(CROWD).extracting(Told::order).doesNotHaveDuplicates();
        assertThat(sales.balance(sale).path("balanced").asBoolean()).isTrue();
    }

    /** One of the two sales is closed by then, so that its units go to the product. */
    @Test
    void areCancelledOnceWhenTheDatabaseDropsItsConnectionsMeanwhile() throws SQLException {
        int cables = sales.stock(SaleDriver.CABLE);
        UUID open = sales.open(CROWD);
        UUID closed = sales.open(CROWD);
        List<UUID> both = List.of(open, closed);
        rush(both);
        sales.end(closed);
        await().atMost(PATIENCE)
                .until(() -> api.get("/sales/" + closed, Api.NOBODY).text("state"), "CLOSED"::equals);

        assertThat(dropConnectionsWhileCancelling(both)).isGreaterThan(1); // the first of them was in the middle

        await().atMost(PATIENCE).ignoreExceptions().untilAsserted(() -> {
            for (UUID sale : both) {
                assertThat(told(sale)).hasSize(CROWD).extracting(Told::order).doesNotHaveDuplicates();
                assertThat(sales.balance(sale).path("balanced").asBoolean()).isTrue();
            }
            assertThat(sales.balance(open).path("left").asInt()).isEqualTo(CROWD);
            assertThat(sales.stock(SaleDriver.CABLE)).isEqualTo(cables - CROWD);
        });
    }

    /** Ends all connections but one to look by, up to five times, and says how often. */
    private int dropConnectionsWhileCancelling(List<UUID> rushes) throws SQLException {
        try (Connection own = pool.getConnection()) {
            JdbcClient watching = JdbcClient.create(new SingleConnectionDataSource(own, true));
            int dropped = 0;
            for (int before = 0; before < rushes.size() * CROWD && dropped < 5; dropped++) {
                int known = before;
                before = await().atMost(PATIENCE)
                        .pollInterval(Duration.ofMillis(20))
                        .until(() -> cancelled(watching, rushes), now -> now > known);
                watching.sql("""
                        select pg_terminate_backend(pid) from pg_stat_activity
                        where datname = current_database() and pid <> pg_backend_pid()
                          and backend_type = 'client backend'""").query(Boolean.class).list();
            }
            return dropped;
        }
    }

    private int cancelled(List<UUID> rushes) {
        return cancelled(database, rushes);
    }

    private static int cancelled(JdbcClient database, List<UUID> rushes) {
        return database.sql("select count(*) from orders where sale = any(?) and state = 'CANCELLED'")
                .param(rushes.toArray(UUID[]::new))
                .query(Integer.class)
                .single();
    }

    /** What is wrong with one fails it alone, and the others are still given up together. */
    @Test
    void areCancelledInTimeThoughOneAmongThemCannotBe() {
        UUID bad = sales.open(1);
        UUID good = sales.open(CROWD);
        List<UUID> buyers = sales.customers(CROWD);
        List<PurchaseCommand> purchases = new ArrayList<>(
                buyers.stream().map(buyer -> SaleDriver.command(good, buyer)).toList());
        purchases.add(CROWD / 4, SaleDriver.command(bad, buyers.get(0)));
        sales.queue(purchases);
        await().atMost(PATIENCE).until(() -> sales.settled(good) + sales.settled(bad) == CROWD + 1);
        assertThat(cancelled(List.of(good))).isZero();
        database.sql("update sales set returned = allotment where id = ?")
                .param(bad)
                .update(); // as if its unit were the product's already: there is no room for it any more

        await().atMost(PATIENCE).until(() -> cancelled(List.of(good)) == CROWD);
        assertCancelledOnceAndInTime(good, CROWD);
        assertThat(told(good).stream().map(Told::version).distinct().count()).isLessThan(CROWD / 10);
        GetResponse parked = await().atMost(PATIENCE)
                .until(() -> broker.take(PARKED), Optional::isPresent)
                .orElseThrow();
        assertThat(new String(parked.getBody(), StandardCharsets.UTF_8)).contains(bad.toString());
        assertThat(cancelled(List.of(bad))).isZero();
    }

    /** Sells all of these sales at once. */
    private void rush(List<UUID> rushes) {
        List<UUID> buyers = sales.customers(CROWD);
        sales.queue(rushes.stream()
                .flatMap(sale -> buyers.stream().map(buyer -> SaleDriver.command(sale, buyer)))
                .toList());
        await().atMost(PATIENCE).until(() -> rushes.stream().allMatch(sale -> sales.settled(sale) == CROWD));
        assertThat(cancelled(rushes)).as("cancelled before all were sold").isZero();
    }

    /** Each version of a sale tells how many units had been given back by then. */
    private static void assertTellsWhatIsLeft(List<Told> cancellations) {
        assertThat(cancellations)
                .allSatisfy(told -> assertThat(told.left()).isEqualTo((int) cancellations.stream()
                        .filter(other -> other.version() <= told.version())
                        .count()));
        List<Long> versions =
                cancellations.stream().map(Told::version).distinct().sorted().toList();
        long first = versions.get(0);
        assertThat(versions)
                .isEqualTo(
                        LongStream.range(first, first + versions.size()).boxed().toList());
    }

    private record Told(UUID order, Duration late, int left, long version) {}

    /** The cancellations of a sale's orders, by what was told of them. */
    private List<Told> told(UUID sale) {
        return database.sql("""
                select o.id, o.pay_before, e.occurred_at, convert_from(e.body, 'UTF8')::jsonb -> 'saleUnit' as unit
                from orders o join outbox e on e.aggregate = o.id::text and e.routing_key = 'order.cancelled'
                where o.sale = ?""")
                .param(sale)
                .query((row, number) -> {
                    JsonNode unit = JsonMapper.shared().readTree(row.getString("unit"));
                    return new Told(
                            row.getObject("id", UUID.class),
                            Duration.between(
                                    row.getTimestamp("pay_before").toInstant(),
                                    row.getTimestamp("occurred_at").toInstant()),
                            unit.path("left").asInt(),
                            unit.path("version").asLong());
                })
                .list();
    }

    @Test
    void areNotThoseThatWerePaidOrCancelledBefore() {
        Caller buyer = api.customer();
        int lamps = sales.stock(Api.LAMP);
        String paid = api.ordered(buyer);
        String cancelled = api.ordered(buyer);
        Api.ok(200, api.pay(buyer, paid, Api.GOOD_CARD));
        Api.ok(200, api.cancel(buyer, cancelled));

        awaitHandled(paid);
        awaitHandled(cancelled);

        assertThat(state(paid)).isEqualTo("PAID");
        assertThat(keys(paid)).containsExactly("order.placed", "order.paid");
        assertThat(keys(cancelled)).containsExactly("order.placed", "order.cancelled");
        assertThat(told("order.cancelled", cancelled).path("reason").asString()).isEqualTo("cancelled by the buyer");
        assertThat(sales.stock(Api.LAMP)).isEqualTo(lamps - 1);
    }

    /** Whoever read the order before that would find it unpaid. */
    @Test
    void areNotThoseThatArePaidWhileTheirCancellationWaitsForTheLock() {
        int lamps = sales.stock(Api.LAMP);
        String order = api.ordered(api.customer());

        transactions.executeWithoutResult(status -> {
            int payment = lock(order);
            await().atMost(PATIENCE).until(() -> somebodyWaitsFor(payment));
            set(order, "PAID");
        });
        awaitHandled(order);

        assertThat(state(order)).isEqualTo("PAID");
        assertThat(keys(order)).containsExactly("order.placed");
        assertThat(sales.stock(Api.LAMP)).isEqualTo(lamps - 1);
    }

    @Test
    void areNotPaidOnceTheirCancellationHadTheLock() throws Exception {
        Caller buyer = api.customer();
        String order = api.ordered(buyer);

        Future<Answer> payment = transactions.execute(status -> {
            int cancellation = lock(order);
            Future<Answer> late = threads.submit(() -> api.pay(buyer, order, Api.GOOD_CARD));
            await().atMost(PATIENCE).until(() -> somebodyWaitsFor(cancellation));
            set(order, "CANCELLED");
            return late;
        });

        assertThat(payment.get().problem()).isEqualTo("wrong-state");
        assertThat(state(order)).isEqualTo("CANCELLED");
        assertThat(charges(order)).isSubsetOf("REFUND_DUE", "REFUNDED");
        assertThat(keys(order)).containsExactly("order.placed");
    }

    /** Until the end of the transaction, whose backend this tells. */
    private int lock(String order) {
        return database.sql("select pg_backend_pid() from orders where id = cast(? as uuid) for update")
                .param(order)
                .query(Integer.class)
                .single();
    }

    private void set(String order, String state) {
        database.sql("update orders set state = ? where id = cast(? as uuid)")
                .params(state, order)
                .update();
    }

    private boolean somebodyWaitsFor(int backend) {
        return database.sql("select count(*) from pg_stat_activity where ? = any(pg_blocking_pids(pid))")
                        .param(backend)
                        .query(Integer.class)
                        .single()
                > 0;
    }

    @Test
    void areKeptWhileTheirPaymentHasNoAnswer() {
        Caller buyer = api.customer();
        String declined = api.ordered(buyer);
        assertThat(api.pay(buyer, declined, OUT_OF_ORDER).status()).isEqualTo(503);
        String approved = api.ordered(buyer);
        assertThat(api.pay(buyer, approved, OUT_OF_ORDER).status()).isEqualTo(503);

        Instant late = payBefore(approved).plusSeconds(3);
        await().atMost(PATIENCE).until(() -> Instant.now().isAfter(late));
        assertThat(List.of(declined, approved)).allMatch(order -> state(order).equals("PLACED"));

        assertThat(payUntilAnswered(buyer, declined, POOR).status()).isEqualTo(402);
        assertThat(payUntilAnswered(buyer, approved, Api.GOOD_CARD).text("state"))
                .isEqualTo("PAID");
        await().atMost(PATIENCE).until(() -> cancelled(declined));
        awaitHandled(approved);
        assertThat(keys(approved)).containsExactly("order.placed", "order.paid");
    }

    @Test
    void areKeptUntilTheirTimeHoweverEarlyTheyComeUp() {
        String order = api.ordered(api.customer());
        database.sql("update orders set pay_before = pay_before + interval '4 s' where id = cast(? as uuid)")
                .param(order)
                .update();

        await().atMost(PATIENCE).until(() -> cancelled(order));
        assertThat(lateness(order)).isGreaterThanOrEqualTo(Duration.ZERO);
    }

    @Test
    void areCancelledLateWhenTheBrokerIsAwayAtTheirTime(RabbitMq rabbit) {
        String order = api.ordered(api.customer());
        await().atMost(PATIENCE).until(() -> broker.ready("order.payment-window.8s") > 0);
        rabbit.kill();
        Instant late = payBefore(order).plusSeconds(1);
        await().atMost(PATIENCE).until(() -> Instant.now().isAfter(late));
        assertThat(state(order)).isEqualTo("PLACED");
        rabbit.start();

        await().atMost(PATIENCE).until(() -> cancelled(order));
    }

    /** Each is paid at another moment around the one at which it is due. */
    @Test
    void areEitherPaidOrCancelledWhenThePaymentComesInTheLastMoment() throws Exception {
        List<Caller> buyers = Stream.generate(api::customer).limit(RIVALS).toList();
        UUID sale = sales.open(RIVALS);
        List<PurchaseCommand> purchases = buyers.stream()
                .map(buyer -> SaleDriver.command(sale, UUID.fromString(buyer.id())))
                .toList();
        sales.queue(purchases);
        await().pollInterval(Duration.ofMillis(20)).until(() -> sales.settled(sale) == RIVALS);

        List<String> orders = purchases.stream()
                .map(purchase -> sales.order(purchase.ticket()))
                .toList();
        List<Future<Answer>> payments = new ArrayList<>();
        for (int i = 0; i < RIVALS; i++) {
            Caller buyer = buyers.get(i);
            String order = orders.get(i);
            Instant moment = payBefore(order).plusMillis(i - RIVALS / 2);
            payments.add(threads.schedule(
                    () -> payUntilAnswered(buyer, order, Api.GOOD_CARD),
                    Duration.between(Instant.now(), moment).toMillis(),
                    TimeUnit.MILLISECONDS));
        }
        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(orders).noneMatch(order -> state(order).equals("PLACED")));

        int paid = 0;
        for (int i = 0; i < RIVALS; i++) {
            String order = orders.get(i);
            Answer answer = payments.get(i).get();
            List<String> charges = charges(order);
            if (state(order).equals("PAID")) {
                paid++;
                assertThat(answer.text("state")).as(answer.body()).isEqualTo("PAID");
                assertThat(charges).containsExactly("APPROVED");
                assertThat(keys(order)).containsExactly("order.placed", "order.paid");
            } else {
                assertThat(answer.problem()).as(answer.body()).isEqualTo("wrong-state");
                assertThat(charges).isSubsetOf("REFUND_DUE", "REFUNDED");
                assertThat(keys(order)).containsExactly("order.placed", "order.cancelled");
            }
        }
        JsonNode balance = sales.balance(sale);
        assertThat(balance.path("ordered").asInt()).isEqualTo(paid);
        assertThat(balance.path("left").asInt()).isEqualTo(RIVALS - paid);
        assertThat(balance.path("balanced").asBoolean()).isTrue();
    }

    /** As the client is told to while the acquirer is slow to answer. */
    private Answer payUntilAnswered(Caller buyer, String order, String card) {
        return await().pollDelay(Duration.ZERO)
                .atMost(PATIENCE)
                .until(() -> api.pay(buyer, order, card), answer -> answer.status() != 503);
    }

    /** What was charged for it, ever. */
    private List<String> charges(String order) {
        return database.sql("select state from payments where order_id = cast(? as uuid) and charge is not null")
                .param(order)
                .query(String.class)
                .list();
    }

    private boolean cancelled(String order) {
        return state(order).equals("CANCELLED");
    }

    private String state(String order) {
        return database.sql("select state from orders where id = cast(? as uuid)")
                .param(order)
                .query(String.class)
                .single();
    }

    private Instant payBefore(String order) {
        return database.sql("select pay_before from orders where id = cast(? as uuid)")
                .param(order)
                .query((row, number) -> row.getTimestamp(1).toInstant())
                .single();
    }

    /** From the end of its time to its cancellation. */
    private Duration lateness(String order) {
        String cancelledAt = told("order.cancelled", order).path("occurredAt").asString();
        return Duration.between(payBefore(order), Instant.parse(cancelledAt));
    }

    private void awaitHandled(String order) {
        await().atMost(PATIENCE)
                .until(() -> database.sql("""
                                select count(*) from inbox where queue = 'order.payment-due' and message_id =
                                    (select event_id::text from outbox where routing_key = 'order.placed' and aggregate = ?)""").param(order).query(Integer.class).single() == 1);
    }

    /** What was told of the order, in that order. */
    private List<String> keys(String order) {
        return database.sql("select routing_key from outbox where aggregate = ? order by id")
                .param(order)
                .query(String.class)
                .list();
    }

    private JsonNode told(String key, String order) {
        return database.sql("select body from outbox where routing_key = ? and aggregate = ?")
                .params(key, order)
                .query((row, number) -> JsonMapper.shared().readTree(row.getBytes("body")))
                .single();
    }
}
