package shop.messaging.subscription;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.http.client.domain.BindingInfo;
import com.rabbitmq.http.client.domain.QueueInfo;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.amqp.core.Declarables;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import shop.playground.servers.Broker;
import shop.playground.servers.Kind;
import shop.playground.servers.RabbitMq;
import shop.playground.servers.WithServers;

/** A subscription whose messages come some time after they were published. */
@WithServers(Kind.RABBITMQ)
class DelayedSubscriptionIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String INBOX = "tram.overdue";
    private static final List<String> handled = new CopyOnWriteArrayList<>();
    private static final Map<String, Duration> waited = new ConcurrentHashMap<>();
    private static final Map<String, Integer> failing = new ConcurrentHashMap<>();
    private static final Map<String, Long> published = new ConcurrentHashMap<>();

    private final Broker broker;
    private @Nullable ConfigurableApplicationContext service;

    DelayedSubscriptionIT(Broker broker) {
        this.broker = broker;
    }

    @AfterEach
    void nothingIsDeclared() {
        stop();
        handled.clear();
        List.of(waited, failing, published).forEach(Map::clear);
        for (QueueInfo queue : broker.queues()) {
            if (queue.getName().startsWith("tram.")) {
                broker.with(channel -> channel.queueDelete(queue.getName()));
            }
        }
    }

    @Test
    void waitsInAQueueOfItsOwnOnTheWayToTheInboxQueueAlone() {
        start("90s");
        Map<String, Map<String, Object>> queues =
                broker.queues().stream().collect(Collectors.toMap(QueueInfo::getName, QueueInfo::getArguments));
        assertThat(queues).containsKeys(INBOX, INBOX + ".retry.1s", INBOX + ".retry.2s", INBOX + ".parked");
        assertThat(queues.get("tram.timetable.90s"))
                .containsOnly(
                        entry("x-queue-type", "quorum"),
                        entry("x-message-ttl", 90_000),
                        entry("x-dead-letter-exchange", "tram.redelivery"),
                        entry("x-dead-letter-routing-key", INBOX),
                        entry("x-dead-letter-strategy", "at-least-once"),
                        entry("x-overflow", "reject-publish"));
        assertThat(broker.bindings())
                .filteredOn(binding -> binding.getSource().equals("shop.events")
                        && binding.getDestination().startsWith("tram."))
                .extracting(BindingInfo::getDestination, BindingInfo::getRoutingKey)
                .containsExactlyInAnyOrder(
                        tuple("tram.timetable.90s", "tram.left"), tuple("tram.timetable.90s", "tram.lost"));
        assertThat(Objects.requireNonNull(service)
                        .getBeansOfType(Declarables.class)
                        .values())
                .flatMap(some -> some.getDeclarablesByType(ParkingLot.class))
                .extracting(lot -> lot.wayBack().orElseThrow())
                .as("the way of a replay")
                .containsExactly(new ParkingLot.WayBack("tram.redelivery", INBOX));
    }

    @Test
    void comesWhenItHasWaitedAndNotBefore() {
        start("2s");
        publish("shop.events", "tram.left", "a");
        await().atMost(PATIENCE).until(() -> broker.ready("tram.timetable.2s") == 1);
        publish("shop.events", "tram.lost", "b");
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(handled).containsExactly("left a", "lost b"));
        assertThat(waited.values()).allSatisfy(wait -> assertThat(wait).isGreaterThan(Duration.ofSeconds(2)));
    }

    @Test
    void waitsNoSecondTimeWhenItsWorkFails() {
        start("90s");
        failing.put("c", 4);
        publish("tram.redelivery", INBOX, "c"); // as it comes out of the queue in which it waited
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(handled).containsExactly("left c"));
        assertThat(broker.ready("tram.timetable.90s")).isZero();
    }

    @Test
    void outlivesTheBroker(RabbitMq rabbit) {
        start("3s");
        publish("shop.events", "tram.left", "d");
        await().atMost(PATIENCE).until(() -> broker.ready("tram.timetable.3s") == 1);
        rabbit.writeQuorumQueues();
        rabbit.kill();
        rabbit.start();
        start("3s");
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(handled).containsExactly("left d"));
    }

    @Test
    void whatWaitsForAnEarlierDelayStillComesInItsTime() {
        start("4s");
        publish("shop.events", "tram.left", "e");
        start("1s");
        broker.with(channel -> channel.queueUnbind("tram.timetable.4s", "shop.events", "tram.left"));
        publish("shop.events", "tram.left", "f");
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(handled).containsExactlyInAnyOrder("left f", "left e"));
        assertThat(waited.get("e")).isGreaterThan(Duration.ofSeconds(4));
    }

    @Test
    void needsAQueueOfTheSameServiceToWaitInAndWholeSeconds() {
        Subscription subscription = Subscription.queue(INBOX).on("tram.left", Left.class, left -> {});
        assertThatIllegalArgumentException()
                .isThrownBy(() -> subscription.delayedBy(Duration.ofSeconds(1), "bus.timetable"))
                .withMessageContaining("bus.timetable");
        assertThatThrownBy(() -> start("1500ms"))
                .hasRootCauseInstanceOf(IllegalArgumentException.class)
                .hasStackTraceContaining("whole seconds, at least one, not PT1.5S");
    }

    /** Starts the service, and ends it before where it runs. */
    private void start(String delay) {
        stop();
        service = new SpringApplicationBuilder(Tramway.class)
                .run(
                        "--tram.delay=" + delay,
                        "--spring.autoconfigure.exclude="
                                + "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration");
        await().atMost(PATIENCE).ignoreExceptions().until(() -> broker.consumers(INBOX) == 1);
    }

    private void stop() {
        if (service != null) {
            service.close();
        }
    }

    private void publish(String exchange, String key, String id) {
        String type = key.equals(INBOX) ? "tram.left" : key;
        BasicProperties properties = new BasicProperties.Builder()
                .type(type)
                .messageId(id)
                .deliveryMode(2)
                .build();
        byte[] body = "{\"id\":\"%s\"}".formatted(id).getBytes(StandardCharsets.UTF_8);
        published.put(id, System.nanoTime());
        assertThat(broker.publish(exchange, key, properties, body)).isEqualTo(Broker.Outcome.CONFIRMED);
    }

    @Configuration
    @EnableAutoConfiguration
    static class Tramway {

        @Bean
        Subscription overdueTrams(Environment environment) {
            Duration delay =
                    Binder.get(environment).bind("tram.delay", Duration.class).get();
            return Subscription.queue(INBOX)
                    .on("tram.left", Left.class, tram -> handle("left", tram.id()))
                    .on("tram.lost", Lost.class, tram -> handle("lost", tram.id()))
                    .delayedBy(delay, "tram.timetable");
        }

        private static void handle(String what, String id) {
            if (failing.merge(id, -1, Integer::sum) >= 0) {
                throw new IllegalStateException("no driver");
            }
            waited.put(id, Duration.ofNanos(System.nanoTime() - published.get(id)));
            handled.add(what + " " + id);
        }
    }

    record Left(String id) {}

    record Lost(String id) {}
}
