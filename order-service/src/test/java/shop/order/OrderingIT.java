package shop.order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.GetResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import shop.order.Api.Answer;
import shop.order.Api.Caller;
import shop.playground.servers.Broker;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@WholeServiceTest
class OrderingIT {
    private final Api api;
    private final JdbcClient database;
    private final Broker broker;

    OrderingIT(@Autowired Api api, @Autowired JdbcClient database, Broker broker) {
        this.api = api;
        this.database = database;
        this.broker = broker;
    }

    @Test
    void answersWithTheOrderAndKeepsIt() {
        Caller buyer = api.customer();

        Answer placed = api.order(buyer, "first", """
                {"lines": [{"product": "%s", "quantity": 2}, {"product": "%s", "quantity": 1}]}""".formatted(Api.LAMP, Api.KEYBOARD));

        assertThat(placed.status()).isEqualTo(201);
        assertThat(placed.header("Location")).isEqualTo("/orders/" + placed.text("id"));
        assertThat(placed.text("state")).isEqualTo("PLACED");
        assertThat(placed.json().path("total").path("amount").asLong()).isEqualTo(2 * 3500 + 8900);
        assertThat(placed.json().path("lines").path(0).path("name").asString()).isEqualTo("Desk lamp");
        assertThat(placed.json().has("sale")).isFalse();
        assertThat(Duration.between(Instant.parse(placed.text("placedAt")), Instant.parse(placed.text("payBefore"))))
                .isEqualTo(Duration.ofMinutes(15));
        assertThat(api.get("/orders/" + placed.text("id"), buyer).body()).isEqualTo(placed.body());
    }

    @Test
    void publishesThePlacedOrderWithTheBrokersOwnProperties() {
        String queue = boundQueue("order.placed");
        Caller buyer = api.customer();
        String order = api.ordered(buyer);

        GetResponse message = await().until(
                        () -> broker.takeAll(queue).stream()
                                .filter(taken ->
                                        json(taken).path("order").asString().equals(order))
                                .findFirst()
                                .orElse(null),
                        found -> found != null);

        JsonNode body = json(message);
        assertThat(message.getProps().getMessageId())
                .isEqualTo(body.path("eventId").asString());
        assertThat(message.getProps().getType()).isEqualTo("order.placed");
        assertThat(message.getProps().getAppId()).isEqualTo("order-service");
        assertThat(message.getProps().getContentType()).isEqualTo("application/json");
        assertThat(message.getProps().getDeliveryMode()).isEqualTo(2);
        assertThat(body.path("customer").asString()).isEqualTo(buyer.id());
        assertThat(body.path("recipient").path("phone").asString()).isEqualTo("+4915112345678");
        assertThat(body.path("total").path("amount").asLong()).isEqualTo(3500);
        assertThat(body.has("saleUnit")).isFalse();
    }

    @Test
    void takesUnitsAndTellsOfIt() {
        String pen = "01890000-0000-7000-8000-00000000000a";
        int before = api.available(pen);

        Api.ok(201, api.order(api.customer(), pen, 3));

        assertThat(api.available(pen)).isEqualTo(before - 3);
        assertThat(events("product.stock-changed", pen).get(0).path("available").asInt())
                .isEqualTo(before - 3);
    }

    @Test
    void takesNothingWhenOneOfTheProductsIsShort() {
        String turntable = "01890000-0000-7000-8000-00000000000c";
        int lamps = stock(Api.LAMP);
        Caller buyer = api.customer();

        Answer refused = api.order(buyer, "short", """
                {"lines": [{"product": "%s", "quantity": 1}, {"product": "%s", "quantity": 100}]}""".formatted(Api.LAMP, turntable));

        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.problem()).isEqualTo("out-of-stock");
        assertThat(refused.text("product")).isEqualTo(turntable);
        assertThat(refused.json().path("available").asInt()).isEqualTo(stock(turntable));
        assertThat(stock(Api.LAMP)).isEqualTo(lamps);
        // the key was not used up: with it the buyer may order what there is
        assertThat(api.order(buyer, "short", Api.lines(Api.LAMP, 1)).status()).isEqualTo(201);
    }

    @Test
    void neverSellsMoreUnitsThanThereAre() {
        String print = "01890000-0000-7000-8000-00000000000b"; // ten of them
        List<Caller> buyers =
                IntStream.range(0, 50).mapToObj(i -> api.customer()).toList();

        List<Answer> answers = atOnce(buyers.stream()
                .map(buyer -> (Callable<Answer>) () -> api.order(buyer, print, 1))
                .toList());

        Map<Integer, Long> byStatus =
                answers.stream().collect(Collectors.groupingBy(Answer::status, Collectors.counting()));
        assertThat(byStatus).isEqualTo(Map.of(201, 10L, 409, 40L));
        assertThat(stock(print)).isZero();
        assertThat(api.available(print)).isZero();
        List<JsonNode> changes = events("product.stock-changed", print);
        assertThat(changes)
                .extracting(change -> change.path("available").asInt())
                .containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    }

    @Test
    void ordersOfTheSameProductsInAnyOrderDoNotDeadlock() {
        Caller buyer = api.customer();
        List<Callable<Answer>> orders = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            String first = i % 2 == 0 ? Api.LAMP : Api.KEYBOARD;
            String second = i % 2 == 0 ? Api.KEYBOARD : Api.LAMP;
            String key = "crossing-" + i;
            orders.add(() -> api.order(buyer, key, """
                    {"lines": [{"product": "%s", "quantity": 1}, {"product": "%s", "quantity": 1}]}""".formatted(first, second)));
        }

        assertThat(atOnce(orders)).extracting(Answer::status).containsOnly(201);
    }

    @Test
    void sameKeyAndSameOrderGivesTheFirstAnswerAgain() {
        Caller buyer = api.customer();
        Answer first = api.order(buyer, "again", Api.lines(Api.LAMP, 1));
        Api.ok(200, api.cancel(buyer, first.text("id")));

        Answer second = api.order(buyer, "again", """
                {"lines":[{"quantity":1,"product":"%s"}]}""".formatted(Api.LAMP));

        assertThat(second.status()).isEqualTo(201);
        assertThat(second.body()).isEqualTo(first.body());
        assertThat(second.header("Location")).isEqualTo(first.header("Location"));
    }

    @Test
    void sameKeyAndAnotherOrderIsRefused() {
        Caller buyer = api.customer();
        Api.ok(201, api.order(buyer, "reused", Api.lines(Api.LAMP, 1)));

        Answer refused = api.order(buyer, "reused", Api.lines(Api.LAMP, 2));

        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.problem()).isEqualTo("idempotency-key-reused");
        // a key is the buyer's own
        assertThat(api.order(api.customer(), "reused", Api.lines(Api.LAMP, 2)).status())
                .isEqualTo(201);
    }

    @Test
    void concurrentDuplicatesMakeOneOrder() {
        Caller buyer = api.customer();
        int before = stock(Api.LAMP);

        List<Answer> answers = atOnce(IntStream.range(0, 20)
                .mapToObj(i -> (Callable<Answer>) () -> api.order(buyer, "double-click", Api.lines(Api.LAMP, 1)))
                .toList());

        assertThat(answers).extracting(Answer::status).containsOnly(201);
        assertThat(answers.stream().map(Answer::body).distinct()).hasSize(1);
        assertThat(stock(Api.LAMP)).isEqualTo(before - 1);
        assertThat(database.sql("select count(*) from orders where customer = cast(? as uuid)")
                        .param(buyer.id())
                        .query(Integer.class)
                        .single())
                .isEqualTo(1);
    }

    @Test
    void cancellingGivesTheUnitsBackOnce() {
        Caller buyer = api.customer();
        String console = "01890000-0000-7000-8000-000000000006";
        int before = api.available(console);
        String order = Api.ok(201, api.order(buyer, console, 5)).text("id");

        Answer cancelled = api.post("/orders/" + order + "/cancellation", buyer, """
                {"reason": "found it cheaper"}""");
        Answer again = api.cancel(buyer, order);

        assertThat(cancelled.status()).isEqualTo(200);
        assertThat(cancelled.text("state")).isEqualTo("CANCELLED");
        assertThat(again.status()).isEqualTo(200);
        assertThat(again.body()).isEqualTo(cancelled.body());
        assertThat(api.available(console)).isEqualTo(before);
        assertThat(events("order.cancelled", order))
                .singleElement()
                .satisfies(event -> assertThat(event.path("reason").asString()).isEqualTo("found it cheaper"));
    }

    @Test
    void ordersAreTheirBuyersOwnAffair() {
        Caller buyer = api.customer();
        String order = api.ordered(buyer);
        Caller other = api.customer();

        assertThat(api.get("/orders/" + order, other).status()).isEqualTo(404);
        assertThat(api.cancel(other, order).status()).isEqualTo(404);
        assertThat(api.pay(other, order, Api.GOOD_CARD).status()).isEqualTo(404);
        assertThat(api.get("/orders/" + order, api.operator()).status()).isEqualTo(200);
        assertThat(api.get("/orders/" + order, buyer).text("state")).isEqualTo("PLACED");
    }

    @Test
    void registeringIsToldToSubscribers() {
        Caller customer = api.customer();

        assertThat(events("customer.registered", customer.id()))
                .singleElement()
                .satisfies(
                        event -> assertThat(event.path("recipient").path("name").asString())
                                .isEqualTo("Ada Lovelace"));
        assertThat(api.get("/customers/" + customer.id(), customer).text("name"))
                .isEqualTo("Ada Lovelace");
        assertThat(api.get("/customers/" + customer.id(), api.customer()).status())
                .isEqualTo(404);
    }

    private String boundQueue(String key) {
        String queue = "test-" + UUID.randomUUID();
        broker.with(channel -> {
            channel.queueDeclare(queue, true, false, false, Map.of("x-queue-type", "classic"));
            return channel.queueBind(queue, "shop.events", key);
        });
        return queue;
    }

    private static JsonNode json(GetResponse message) {
        return new JsonMapper().readTree(new String(message.getBody(), StandardCharsets.UTF_8));
    }

    private int stock(String product) {
        return database.sql("select available from products where id = cast(? as uuid)")
                .param(product)
                .query(Integer.class)
                .single();
    }

    /** The latest first. */
    private List<JsonNode> events(String key, String aggregate) {
        return database.sql("select body from outbox where routing_key = ? and aggregate = ? order by id desc")
                .params(key, aggregate)
                .query((row, number) -> new JsonMapper().readTree(row.getBytes("body")))
                .list();
    }

    private static List<Answer> atOnce(List<Callable<Answer>> calls) {
        ExecutorService threads = Executors.newFixedThreadPool(calls.size());
        try {
            List<Answer> answers = new ArrayList<>();
            for (Future<Answer> answer : threads.invokeAll(calls)) {
                answers.add(answer.get());
            }
            return answers;
        } catch (Exception e) {
            throw new AssertionError(e);
        } finally {
            threads.shutdownNow();
        }
    }
}
