package shop.messaging.subscription;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP.BasicProperties;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.rabbit.config.ContainerCustomizer;
import org.springframework.amqp.rabbit.listener.RabbitListenerEndpointRegistry;
import org.springframework.amqp.rabbit.listener.SimpleMessageListenerContainer;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import shop.messaging.UnavailableException;
import shop.messaging.UnprocessableMessageException;
import shop.playground.servers.Broker;
import shop.playground.servers.Kind;
import shop.playground.servers.WithServers;

@WithServers(Kind.RABBITMQ)
class PauseIT {
    private static final String QUEUE = "pigeon.events";
    private static final String PARKED = QUEUE + ".parked";
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Broker broker;
    private @Nullable ConfigurableApplicationContext service;

    PauseIT(Broker broker) {
        this.broker = broker;
    }

    @BeforeEach
    void start() {
        service = new SpringApplicationBuilder(PigeonService.class)
                .run(
                        "--messaging.retry.delays=1s,1s,1s",
                        "--messaging.breaker.pause=1s",
                        "--spring.autoconfigure.exclude="
                                + "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration");
        await().atMost(PATIENCE).until(() -> broker.consumers(QUEUE) == 2);
    }

    @AfterEach
    void stop() {
        service.close();
        List.of(QUEUE, PARKED, QUEUE + ".retry.1s").forEach(broker::purge);
    }

    @Test
    void anOutageLongerThanAllRetriesParksNothingAndCostsAnAttemptAtMost() {
        Pigeons pigeons = service.getBean(Pigeons.class);
        pigeons.away = true;
        List<String> ids = publish(30);

        await().atMost(PATIENCE).until(() -> broker.consumers(QUEUE) == 0);
        assertThat(health().getStatus()).isEqualTo(Status.DOWN);
        assertThat(health().getDetails().get(QUEUE)).asString().contains("pauses: the pigeons sleep");
        int tries = pigeons.tries.get();
        await().atMost(PATIENCE).until(() -> pigeons.tries.get() >= tries + 6); // six probes: six seconds and more
        assertThat(pigeons.delivered).isEmpty();
        assertThat(broker.ready(PARKED)).isZero();

        pigeons.away = false;
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(pigeons.delivered).containsExactlyInAnyOrderElementsOf(ids));
        assertThat(broker.ready(PARKED)).isZero();
        assertThat(pigeons.headers.values())
                .hasSize(30)
                .allSatisfy(headers -> assertThat((int) headers.getOrDefault(FailureHeaders.ATTEMPTS, 0))
                        .isLessThanOrEqualTo(1))
                .filteredOn(headers -> headers.containsKey("x-delivery-count"))
                .as("requeued, but for what the broker was about to send when a consumer went, and took back by itself")
                .hasSizeLessThan(10); // one at most for each of the two consumers and of the probes
        await().atMost(PATIENCE).until(() -> broker.consumers(QUEUE) == 2);
        assertThat(health().getStatus()).isEqualTo(Status.UP);
    }

    @Test
    void theGaugeTellsWhetherItPauses() {
        assertThat(paused()).isZero();
        service.getBean(Pigeons.class).away = true;
        publish(5);
        await().atMost(PATIENCE).until(() -> paused() == 1);
    }

    @Test
    void refusalsForGoodAndFailuresOfOurOwnDoNotPauseIt() {
        Pigeons pigeons = service.getBean(Pigeons.class);
        pigeons.failing = new UnprocessableMessageException("nobody lives there");
        publish(20);
        await().atMost(PATIENCE).until(() -> broker.ready(PARKED) == 20);
        pigeons.failing = new IllegalStateException("a bug of ours");
        publish(10);
        await().atMost(PATIENCE).until(() -> broker.ready(PARKED) == 30);
        assertThat(health().getDetails()).containsEntry(QUEUE, "runs");
        assertThat(pigeons.tries).hasValue(20 + 10 * 12); // three in place, four times
    }

    @Test
    void aServiceThatIsStoppedWhileItPausesConsumesNoMore() {
        service.getBean(Pigeons.class).away = true;
        publish(10);
        await().atMost(PATIENCE).until(() -> broker.consumers(QUEUE) == 0);
        SlowStop slow = service.getBean(SlowStop.class);
        service.close();
        assertThat(slow.consumedMeanwhile).isFalse();
    }

    private List<String> publish(int count) {
        return IntStream.range(0, count).mapToObj(any -> publish()).toList();
    }

    private String publish() {
        String id = UUID.randomUUID().toString();
        BasicProperties properties = new BasicProperties.Builder()
                .type("pigeon.sent")
                .messageId(id)
                .deliveryMode(2)
                .build();
        assertThat(broker.publish(
                        "shop.events",
                        "pigeon.sent",
                        properties,
                        "{\"id\":\"%s\"}".formatted(id).getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(Broker.Outcome.CONFIRMED);
        return id;
    }

    private Health health() {
        return service.getBean("breakers", HealthIndicator.class).health();
    }

    private double paused() {
        return service.getBean(MeterRegistry.class)
                .get("messaging.subscription.paused")
                .tag("queue", QUEUE)
                .gauge()
                .value();
    }

    @Configuration
    @EnableAutoConfiguration
    static class PigeonService {

        @Bean
        Subscription pigeonEvents(Pigeons pigeons) {
            return Subscription.queue(QUEUE)
                    .on("pigeon.sent", Letter.class, pigeons::on)
                    .pauseWhileUnavailable()
                    .consumers(2)
                    .prefetch(10);
        }

        @Bean
        ContainerCustomizer<SimpleMessageListenerContainer> seesWhatIsDelivered(Pigeons pigeons) {
            return container -> container.setAfterReceivePostProcessors(pigeons::seen);
        }

        @Bean
        SlowStop slowStop(RabbitListenerEndpointRegistry consumers) {
            return new SlowStop(consumers);
        }

        @Bean
        Pigeons pigeons() {
            return new Pigeons();
        }
    }

    record Letter(String id) {}

    /** Takes longer to stop than a pause lasts, after the consumers were told to. */
    static final class SlowStop implements SmartLifecycle {
        private final RabbitListenerEndpointRegistry consumers;
        private boolean running;
        private boolean consumedMeanwhile;

        SlowStop(RabbitListenerEndpointRegistry consumers) {
            this.consumers = consumers;
        }

        @Override
        public void start() {
            running = true;
        }

        @Override
        public void stop() {
            running = false;
            try {
                await().atMost(Duration.ofSeconds(3))
                        .until(() -> consumers.getListenerContainer(QUEUE).isRunning());
                consumedMeanwhile = true;
            } catch (ConditionTimeoutException e) {
                consumedMeanwhile = false;
            }
        }

        @Override
        public boolean isRunning() {
            return running;
        }

        @Override
        public int getPhase() {
            return 0;
        }
    }

    static class Pigeons {
        private final List<String> delivered = new CopyOnWriteArrayList<>();
        private final Map<String, Map<String, Object>> headers = new ConcurrentHashMap<>();
        private final AtomicInteger tries = new AtomicInteger();
        private volatile boolean away;
        private volatile @Nullable RuntimeException failing;

        void on(Letter letter) {
            tries.incrementAndGet();
            if (away) {
                throw new UnavailableException("the pigeons sleep", new IOException("coo"));
            }
            RuntimeException failure = failing;
            if (failure != null) {
                throw failure;
            }
            delivered.add(letter.id());
        }

        private Message seen(Message message) {
            headers.put(
                    String.valueOf(message.getMessageProperties().getMessageId()),
                    message.getMessageProperties().getHeaders());
            return message;
        }
    }
}
