package shop.order.sale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
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
@TestPropertySource(properties = "shop.orders.payment-window=5s")
@DirtiesContext
class UnpaidIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String POOR = Api.card("4000000000000002");
    private static final String OUT_OF_ORDER = Api.card("4000000000000119");
    private static final int RIVALS = 100;

    private final Api api;
    private final JdbcClient database;
    private final Broker broker;
    private final SaleDriver sales;
    private final TransactionTemplate transactions;
    private final ScheduledExecutorService threads = Executors.newScheduledThreadPool(RIVALS);

    UnpaidIT(
            @Autowired Api api,
            @Autowired JdbcClient database,
            @Autowired TransactionTemplate transactions,
            Broker broker) {
        this.api = api;
        this.database = database;
        this.transactions = transactions;
        this.broker = broker;
        this.sales = new SaleDriver(api, database, broker);
    }

    @BeforeEach
    void queuesAreThere() {
        sales.declareQueue();
        sales.awaitConsumer();
        await().atMost(PATIENCE).ignoreExceptions().until(() -> broker.consumers("order.payment-due") > 0);
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
        assertThat(orders)
                .extracting(order -> told("order.cancelled", order)
                        .path("saleUnit")
                        .path("left")
                        .asInt())
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.rangeClosed(1, 20).boxed().toList());
        JsonNode balance = sales.balance(sale);
        assertThat(balance.path("left").asInt()).isEqualTo(20);
        assertThat(balance.path("balanced").asBoolean()).isTrue();
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
        await().atMost(PATIENCE).until(() -> broker.ready("order.payment-window.5s") > 0);
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
                .query((row, number) -> new JsonMapper().readTree(row.getBytes("body")))
                .single();
    }
}
