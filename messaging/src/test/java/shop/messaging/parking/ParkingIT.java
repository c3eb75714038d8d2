package shop.messaging.parking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.GetResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.amqp.core.Declarables;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.test.annotation.DirtiesContext;
import shop.messaging.UnprocessableMessageException;
import shop.messaging.subscription.FailureHeaders;
import shop.messaging.subscription.ParkingLot;
import shop.messaging.subscription.Subscription;
import shop.playground.servers.Broker;
import shop.playground.servers.Kind;
import shop.playground.servers.WithServers;

/** What an operator can do with parked messages. */
@WithServers(Kind.RABBITMQ)
@SpringBootTest(
        properties = "spring.autoconfigure.exclude="
                + "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration")
@DirtiesContext
class ParkingIT {
    private static final String QUEUE = "wagon.events";
    private static final String LOT = QUEUE + ".parked";
    private static final String DEAD_END = "wagon.lost.parked";
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Broker broker;

    @Autowired
    private ParkedEndpoint endpoint;

    @Autowired
    private Yard yard;

    ParkingIT(Broker broker) {
        this.broker = broker;
    }

    @BeforeEach
    void awaitConsumer() {
        await().atMost(PATIENCE).until(() -> broker.consumers(QUEUE) == 1);
        await().atMost(PATIENCE).ignoreExceptions().until(() -> broker.ready(DEAD_END) == 0);
    }

    @AfterEach
    void leaveNothing() {
        yard.reset();
        List.of(QUEUE, LOT, DEAD_END).forEach(broker::purge);
    }

    @Test
    void listsEveryLotWithItsNumber() {
        park("a", "b");
        assertThat(body(endpoint.lots())).isEqualTo(Map.of("lots", Map.of(LOT, 2L, DEAD_END, 0L)));
    }

    @Test
    void listsTheOldestAndLeavesAllInTheirPlacesHoweverOftenSomebodyLooks() {
        park("a", "b", "c");
        for (int looks = 0; looks < 30; looks++) { // more often than any delivery limit but this queue's allows
            assertThat(ids(2)).containsExactly("a", "b");
        }
        assertThat(ids(100)).containsExactly("a", "b", "c");
        assertThat(broker.ready(LOT)).isEqualTo(3);
    }

    @Test
    void tellsOfAMessageThatFailedWhenHowOftenAndWhy() {
        yard.closed = true;
        publish(properties("d").headers(Map.of("traceparent", "00-1-2-01")), "{\"id\":\"d\"}");
        awaitParked(1);

        ParkedMessage.Summary summary = messages(1).get(0);
        assertThat(summary.id()).isEqualTo("d");
        assertThat(summary.type()).isEqualTo("wagon.arrived");
        assertThat(summary.attempts()).isEqualTo(3);
        assertThat(summary.reason()).contains("the yard is closed");
        assertThat(summary.origin()).isEqualTo(QUEUE);
        assertThat(Instant.parse(Objects.requireNonNull(summary.firstFailed())))
                .isBefore(Instant.parse(Objects.requireNonNull(summary.lastFailed())));

        ParkedMessage.Whole whole = (ParkedMessage.Whole) body(endpoint.message(LOT, "d"));
        assertThat(whole.headers()).contains(entry("traceparent", "00-1-2-01"));
        assertThat(whole.stack()).contains("IllegalStateException");
        assertThat(String.valueOf(whole.body())).isEqualTo("{\"id\":\"d\"}");
    }

    @Test
    void tellsOfAMessageThatTheBrokerParkedByItself() {
        String inbox = "wagon.brittle";
        broker.with(channel -> channel.queueDeclare(
                inbox,
                true,
                false,
                false,
                Map.of(
                        "x-queue-type",
                        "quorum",
                        "x-delivery-limit",
                        1,
                        "x-dead-letter-exchange",
                        "wagon.redelivery",
                        "x-dead-letter-routing-key",
                        LOT)));
        try {
            broker.publishAll(channel -> {
                channel.basicPublish("", inbox, properties("e").build(), bytes("{\"id\":\"e\"}"));
                return null;
            });
            await().atMost(PATIENCE).until(() -> {
                broker.with(channel -> channel.basicGet(inbox, false)); // and dies with it in hand
                return broker.ready(LOT) == 1;
            });
        } finally {
            broker.with(channel -> channel.queueDelete(inbox));
        }
        ParkedMessage.Summary summary = messages(1).get(0);
        assertThat(summary.id()).isEqualTo("e");
        assertThat(summary.reason()).contains("it takes the process down");
        assertThat(summary.origin()).isEqualTo(inbox);
        assertThat(summary.attempts()).isNull();
    }

    @Test
    void replaysOneThatIsThenHandledAsIfItWereNew() {
        yard.closed = true;
        publish(properties("f").headers(Map.of("traceparent", "00-1-2-01")), "{\"id\":\"f\"}");
        publish(properties("g").headers(Map.of("traceparent", "00-3-4-01")), "{\"id\":\"g\"}");
        awaitParked(2);
        broker.with(channel -> channel.queueUnbind(QUEUE, "shop.events", "wagon.arrived"));
        try {
            yard.closed = false;
            assertThat(body(endpoint.replay(LOT, "f", null))).isEqualTo(new Parking.Replay(1, 0, 0, 1));
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(yard.handled).containsExactly("f"));

            yard.closed = true;
            assertThat(body(endpoint.replay(LOT, "g", null))).isNotNull();
            awaitParked(1);
        } finally {
            broker.with(channel -> channel.queueBind(QUEUE, "shop.events", "wagon.arrived"));
        }
        Map<String, Object> again = headers(broker.take(LOT).orElseThrow());
        assertThat(again).contains(entry(FailureHeaders.ATTEMPTS, 3), entry(FailureHeaders.REPLAYED, 1));
        assertThat(again.get("traceparent")).hasToString("00-3-4-01");
        assertThat(ids(10)).isEmpty();
    }

    @Test
    void addressesAMessageWithoutAnIdByItsBody() {
        parkRaw(properties(null), "no JSON");
        String id = messages(1).get(0).id();
        assertThat(id).startsWith("sha256-");
        assertThat(((ParkedMessage.Whole) body(endpoint.message(LOT, id))).body())
                .isEqualTo("no JSON");
        assertThat(endpoint.discard(LOT, id).getStatus()).isEqualTo(200);
        assertThat(ids(10)).isEmpty();
    }

    @Test
    void showsABodyThatIsNoTextInBase64() {
        broker.publish("wagon.redelivery", LOT, properties("h").build(), new byte[] {(byte) 0xff, 0});
        assertThat(((ParkedMessage.Whole) body(endpoint.message(LOT, "h"))).base64())
                .isEqualTo("/wA=");
    }

    @Test
    void replaysAllThatWasThereAndNotWhatIsParkedAgainMeanwhile() {
        yard.hopeless = true;
        park(IntStream.range(0, 120).mapToObj(Integer::toString).toArray(String[]::new));
        assertThat(body(endpoint.replayAll(LOT, null))).isEqualTo(new Parking.Replay(120, 0, 0, 0));
        awaitParked(120);
        assertThat(yard.tries).hasSize(120);
    }

    @Test
    void refusesToReplayWhatIsSoOldThatNobodyRemembersItsEffectUnlessForced() {
        parkRaw(properties("i").timestamp(Date.from(Instant.now().minus(Duration.ofDays(91)))), "{\"id\":\"i\"}");
        parkRaw(properties("j").timestamp(Date.from(Instant.now().minus(Duration.ofDays(89)))), "{\"id\":\"j\"}");

        assertThat(endpoint.replay(LOT, "i", null).getStatus()).isEqualTo(409);
        assertThat(body(endpoint.replayAll(LOT, null))).isEqualTo(new Parking.Replay(1, 1, 0, 1));
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(yard.handled).containsExactly("j"));
        assertThat(endpoint.replay(LOT, "i", true).getStatus()).isEqualTo(200);
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(yard.handled).containsExactly("j", "i"));
    }

    @Test
    void knowsTheAgeOfAMessageWithoutATimestampByItsFirstFailure() {
        String longAgo = Instant.now().minus(Duration.ofDays(91)).toString();
        parkRaw(properties("q").headers(Map.of(FailureHeaders.FIRST_FAILED_AT, longAgo)), "{\"id\":\"q\"}");
        assertThat(endpoint.replay(LOT, "q", null).getStatus()).isEqualTo(409);
    }

    @Test
    void keepsWhatNoBrokerCouldGetAndReplaysWhatIsAroundIt() {
        park("r");
        parkRaw(properties("s").headers(Map.of("color", "x".repeat(130_200))), "{\"id\":\"s\"}");
        park("t");
        assertThat(body(endpoint.replayAll(LOT, null))).isEqualTo(new Parking.Replay(2, 0, 1, 1));
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(yard.handled).containsExactly("r", "t"));
        assertThat(ids(10)).containsExactly("s");
    }

    @Test
    void keepsWhatTheBrokerDoesNotTake() {
        park("k", "l");
        broker.with(channel -> channel.queueUnbind(QUEUE, "wagon.redelivery", QUEUE));
        try {
            assertThat(endpoint.replay(LOT, "k", null).getStatus()).isEqualTo(503);
            assertThat(body(endpoint.replayAll(LOT, null))).isEqualTo(new Parking.Replay(0, 0, 2, 2));
        } finally {
            broker.with(channel -> channel.queueBind(QUEUE, "wagon.redelivery", QUEUE));
        }
        assertThat(ids(10)).containsExactly("k", "l");
    }

    @Test
    void discardsOneOrAll() {
        park("m", "n", "o");
        assertThat(body(endpoint.discard(LOT, "n"))).isEqualTo(Map.of("discarded", 1, "left", 2L));
        assertThat(ids(10)).containsExactly("m", "o");
        assertThat(body(endpoint.discardAll(LOT))).isEqualTo(Map.of("discarded", 2));
    }

    @Test
    void saysWhatIsNotThereAndWhatHasNoWayBack() {
        park("p");
        assertThat(endpoint.messages("wagon.nothing", null).getStatus()).isEqualTo(404);
        assertThat(endpoint.message(LOT, "q").getStatus()).isEqualTo(404);
        assertThat(endpoint.replay(LOT, "q", null).getStatus()).isEqualTo(404);
        assertThat(endpoint.discard(LOT, "q").getStatus()).isEqualTo(404);
        assertThat(endpoint.replayAll(DEAD_END, null).getStatus()).isEqualTo(409);
        assertThat(ids(10)).containsExactly("p");
    }

    /** What one has in hand, the other does not see, and nothing is lost or doubled. */
    @Test
    void twoOperatorsDoNotReplayTheSameMessageTwice() throws Exception {
        park(IntStream.range(0, 200).mapToObj(Integer::toString).toArray(String[]::new));
        Thread other = new Thread(() -> endpoint.replayAll(LOT, null));
        other.start();
        endpoint.replayAll(LOT, null);
        other.join();
        endpoint.replayAll(LOT, null);
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(yard.handled).hasSize(200));
        assertThat(yard.handled).doesNotHaveDuplicates();
        assertThat(broker.ready(LOT)).isZero();
    }

    private void park(String... ids) {
        for (String id : ids) {
            parkRaw(properties(id), "{\"id\":\"%s\"}".formatted(id));
        }
    }

    private void parkRaw(BasicProperties.Builder properties, String body) {
        assertThat(broker.publish("wagon.redelivery", LOT, properties.build(), bytes(body)))
                .isEqualTo(Broker.Outcome.CONFIRMED);
    }

    private void publish(BasicProperties.Builder properties, String body) {
        assertThat(broker.publish("shop.events", "wagon.arrived", properties.build(), bytes(body)))
                .isEqualTo(Broker.Outcome.CONFIRMED);
    }

    private void awaitParked(int number) {
        await().atMost(PATIENCE).until(() -> broker.ready(LOT) == number);
    }

    private List<String> ids(int limit) {
        return messages(limit).stream().map(ParkedMessage.Summary::id).toList();
    }

    @SuppressWarnings("unchecked")
    private List<ParkedMessage.Summary> messages(int limit) {
        return ((Map<String, List<ParkedMessage.Summary>>) body(endpoint.messages(LOT, limit))).get("messages");
    }

    private static Object body(WebEndpointResponse<?> response) {
        assertThat(response.getStatus()).isEqualTo(200);
        return Objects.requireNonNull(response.getBody());
    }

    private static Map<String, Object> headers(GetResponse taken) {
        return taken.getProps().getHeaders();
    }

    private static BasicProperties.Builder properties(String id) {
        return new BasicProperties.Builder().type("wagon.arrived").messageId(id).deliveryMode(2);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Configuration
    @EnableAutoConfiguration
    static class Railway {

        @Bean
        Subscription wagonEvents(Yard yard) {
            return Subscription.queue(QUEUE).on("wagon.arrived", Arrived.class, yard::on);
        }

        @Bean
        Declarables lost() {
            return new Declarables(ParkingLot.named(DEAD_END));
        }

        @Bean
        Yard yard() {
            return new Yard();
        }
    }

    record Arrived(String id) {}

    static class Yard {
        private final List<String> handled = new CopyOnWriteArrayList<>();
        private final List<String> tries = new CopyOnWriteArrayList<>();
        private volatile boolean closed;
        private volatile boolean hopeless;

        void on(Arrived wagon) {
            tries.add(wagon.id());
            if (hopeless) {
                throw new UnprocessableMessageException("hopeless");
            }
            if (closed) {
                throw new IllegalStateException("the yard is closed");
            }
            handled.add(wagon.id());
        }

        private void reset() {
            closed = false;
            hopeless = false;
            handled.clear();
            tries.clear();
        }
    }
}
