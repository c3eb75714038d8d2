package shop.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.GetResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import shop.playground.client.Api;
import shop.playground.servers.Broker;
import shop.playground.servers.LocalProcess;
import shop.playground.servers.RabbitMq;
import tools.jackson.databind.json.JsonMapper;

/** The example in {@code docs/examples} hears everything that it is there for, whatever dies. */
@WithShop
class PythonSubscriberIT {
    private static final String QUEUE = "example.events";
    private static final String PARKED = "example.events.parked";
    private static final String RECORDER = "recorder.orders";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Visitor visitor;
    private final Broker broker;
    private final Subscriber subscriber;
    private final Set<String> published = new TreeSet<>();

    PythonSubscriberIT(Visitor visitor) {
        this.visitor = visitor;
        this.broker = visitor.shop().rabbitMq().broker();
        this.subscriber = new Subscriber(visitor.shop().rabbitMq());
    }

    @BeforeEach
    void joinTheShop() {
        subscriber.start();
        broker.with(channel -> {
            channel.queueDeclare(RECORDER, true, false, false, Map.of("x-queue-type", "quorum"));
            channel.queueBind(RECORDER, "shop.events", "order.#");
            return channel.queueBind(RECORDER, "shop.events", "shipment.#");
        });
    }

    @AfterEach
    void leaveNothing() {
        subscriber.close();
        broker.with(channel -> {
            for (String queue : List.of(QUEUE, PARKED, RECORDER)) {
                channel.queueDelete(queue);
            }
            return channel.exchangeDelete("example.redelivery");
        });
    }

    @Test
    void hearsEveryEventThoughItIsKilled() {
        Api signedIn = visitor.signIn(visitor.customer("Joan Clarke", "en"));
        String heard = visitor.paidOrder(signedIn);
        visitor.awaitState(signedIn, heard, "DELIVERED");
        awaitEverything(heard);

        subscriber.kill();
        String missed = visitor.paidOrder(signedIn);
        visitor.awaitState(signedIn, missed, "DELIVERED");
        subscriber.start();

        awaitEverything(missed);
    }

    @Test
    void hearsEveryEventThoughTheBrokerGoesAway() {
        // In order: a quorum queue as young as ours may not survive a kill of RabbitMQ 3.10.
        visitor.shop().rabbitMq().stop();
        Api signedIn;
        String order;
        try {
            signedIn = visitor.signIn(visitor.customer("Mavis Batey", "en"));
            order = visitor.paidOrder(signedIn);
        } finally {
            visitor.shop().rabbitMq().start();
        }
        visitor.awaitState(signedIn, order, "DELIVERED");
        awaitEverything(order);
    }

    @Test
    void doesNothingTwiceThoughItIsStoppedBetween() {
        String once = UUID.randomUUID().toString();
        String last = UUID.randomUUID().toString();
        send(once, "{}");
        send(once, "{}");
        await().until(() -> subscriber.heard().contains(once) && broker.ready(QUEUE) == 0);

        subscriber.stop();
        assertThat(subscriber.everything()).endsWith("stopped");
        send(once, "{}");
        send(last, "{}");
        subscriber.start();

        await().until(() -> subscriber.heard().contains(last));
        assertThat(subscriber.heard()).containsExactly(once, last);
    }

    @ParameterizedTest
    @MethodSource
    void parksWhatItCannotReadAndGoesOn(String body) {
        String bad = UUID.randomUUID().toString();
        String good = UUID.randomUUID().toString();
        send(bad, body);
        send(good, "{}");
        await().until(() -> subscriber.heard().contains(good));
        await().until(() -> broker.ready(PARKED) == 1);
        GetResponse parked = broker.take(PARKED).orElseThrow();
        assertThat(parked.getProps().getMessageId()).isEqualTo(bad);
        assertThat(subscriber.heard()).doesNotContain(bad);
    }

    static Stream<String> parksWhatItCannotReadAndGoesOn() {
        return Stream.of("never mind", "[".repeat(100_000));
    }

    /** From the order taken to its parcel delivered, as somebody else heard it. */
    private void awaitEverything(String order) {
        await().atMost(PATIENCE).untilAsserted(() -> {
            broker.takeAll(RECORDER).stream()
                    .filter(event -> event.getProps().getCorrelationId().equals(order))
                    .forEach(event -> published.add(event.getProps().getMessageId()));
            assertThat(subscriber.typesOf(order))
                    .contains("order.placed", "order.paid", "shipment.created")
                    .contains("shipment.dispatched", "shipment.delivered");
            assertThat(published).hasSizeGreaterThanOrEqualTo(5);
            assertThat(subscriber.heard()).containsAll(published);
        });
    }

    /** By the default exchange, so that nobody else hears of it. */
    private void send(String id, String body) {
        BasicProperties properties = new BasicProperties.Builder()
                .messageId(id)
                .type("order.placed")
                .deliveryMode(2)
                .build();
        assertThat(broker.publish("", QUEUE, properties, body.getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(Broker.Outcome.CONFIRMED);
    }

    private record Line(String id, String type, Map<String, Object> event) {}

    private static final class Subscriber extends LocalProcess {
        private static final JsonMapper json = new JsonMapper();

        private final RabbitMq rabbitMq;

        Subscriber(RabbitMq rabbitMq) {
            super("Python subscriber");
            this.rabbitMq = rabbitMq;
        }

        @Override
        protected ProcessBuilder command() {
            ProcessBuilder python = new ProcessBuilder("/usr/bin/python3", "../docs/examples/subscriber.py");
            String broker = "amqp://%s:%s@%s:%d/%s"
                    .formatted(
                            rabbitMq.username(),
                            rabbitMq.password(),
                            rabbitMq.host(),
                            rabbitMq.port(),
                            rabbitMq.virtualHost());
            python.environment().put("RABBITMQ_URL", broker);
            python.environment().put("DONE", directory().resolve("done.db").toString());
            return python;
        }

        @Override
        protected boolean isReady() throws IOException {
            return output().contains("listening");
        }

        @Override
        protected String advice() {
            return "install the packages python3 and python3-pika, or run ./check, which does";
        }

        /** The ids of all that it has printed, in that order. */
        List<String> heard() {
            return lines().map(Line::id).toList();
        }

        Set<String> typesOf(String order) {
            return lines().filter(line -> order.equals(line.event().get("order")))
                    .map(Line::type)
                    .collect(Collectors.toSet());
        }

        List<String> everything() {
            try {
                return Files.readAllLines(log());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private Stream<Line> lines() {
            return everything().stream()
                    .filter(line -> line.startsWith("{") && line.endsWith("}"))
                    .map(line -> json.readValue(line, Line.class));
        }
    }
}
