package shop.messaging.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.http.client.domain.QueueInfo;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import shop.messaging.subscription.Subscription;
import shop.playground.servers.Broker;
import shop.playground.servers.Kind;
import shop.playground.servers.RabbitMq;
import shop.playground.servers.WithServers;

/** What is declared, and what happens when the broker has it otherwise or no longer. */
@WithServers(Kind.RABBITMQ)
@ExtendWith(OutputCaptureExtension.class)
class TopologyIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final List<String> QUEUES = List.of(
            "truck.events", "truck.events.retry.1s", "truck.events.retry.2s", "truck.events.parked", "ship.events");
    private static final Map<String, Object> WITH_AN_OLD_LIMIT = Map.of(
            "x-queue-type", "quorum",
            "x-delivery-limit", 3,
            "x-dead-letter-exchange", "truck.redelivery",
            "x-dead-letter-routing-key", "truck.events.parked",
            "x-dead-letter-strategy", "at-least-once",
            "x-overflow", "reject-publish");
    private static final List<String> handled = new CopyOnWriteArrayList<>();

    private final RabbitMq rabbit;
    private final Broker broker;

    TopologyIT(RabbitMq rabbit, Broker broker) {
        this.rabbit = rabbit;
        this.broker = broker;
    }

    @BeforeEach
    @AfterEach
    void nothingIsDeclared() {
        handled.clear();
        for (String queue : QUEUES) {
            on(channel -> channel.queueDelete(queue));
        }
    }

    @Test
    void aQueueWithOtherArgumentsIsNamedAndLeftAloneWhileAllElseWorksAndIsTakenWhenMended(CapturedOutput output) {
        on(channel -> channel.queueDeclare("truck.events", true, false, false, WITH_AN_OLD_LIMIT));

        try (ConfigurableApplicationContext service = start()) {
            await().atMost(PATIENCE).until(() -> broker.consumers("ship.events") == 1);
            publish("ship.left", "s");
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(handled).containsExactly("s"));

            String advice =
                    "The queue truck.events is at the broker with x-delivery-limit = 3, and needed here with 20."
                            + " Move its messages and delete it, or give back the old setting: x-delivery-limit = 3.";
            await().atMost(PATIENCE).untilAsserted(() -> {
                Health health = topology(service);
                assertThat(health.getStatus()).isEqualTo(Status.DOWN);
                assertThat(health.getDetails()).containsEntry("refused", List.of(advice));
            });
            await().atMost(PATIENCE)
                    .untilAsserted(
                            () -> assertThat(broker.consumers("truck.events")).isZero());
            await().during(Duration.ofSeconds(3))
                    .atMost(PATIENCE)
                    .until(() -> broker.consumers("truck.events") == 0 && broker.consumers("ship.events") == 1);
            assertThat(broker.queues()).extracting(QueueInfo::getName).contains("truck.events.parked");
            assertThat(output.getOut().lines().filter(line -> line.contains(" ERROR ")))
                    .singleElement()
                    .asString()
                    .endsWith(advice);

            on(channel -> channel.queueDelete("truck.events"));
            await().atMost(PATIENCE).until(() -> topology(service).getStatus().equals(Status.UP));
            await().atMost(PATIENCE).until(() -> broker.consumers("truck.events") == 1);
            publish("truck.left", "t");
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(handled).containsExactly("s", "t"));
        }
    }

    @Test
    void isDeclaredAgainAtABrokerThatLostIt() {
        try (ConfigurableApplicationContext service = start()) {
            await().atMost(PATIENCE).until(() -> broker.consumers("truck.events") == 1);
            rabbit.kill();
            rabbit.wipe();
            rabbit.start();
            await().atMost(Duration.ofSeconds(60))
                    .ignoreExceptions()
                    .until(() -> broker.consumers("truck.events") == 1 && broker.consumers("ship.events") == 1);
            assertThat(broker.queues()).extracting(QueueInfo::getName).containsAll(QUEUES);
            publish("truck.left", "t");
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(handled).containsExactly("t"));
            assertThat(topology(service).getStatus()).isEqualTo(Status.UP);
        } finally {
            rabbit.start();
        }
    }

    private static Health topology(ConfigurableApplicationContext service) {
        return service.getBean("topologyHealthIndicator", HealthIndicator.class).health();
    }

    private static ConfigurableApplicationContext start() {
        return new SpringApplicationBuilder(Haulage.class)
                .run(
                        "--messaging.topology-check=1s",
                        "--spring.autoconfigure.exclude="
                                + "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration");
    }

    private void publish(String key, String id) {
        BasicProperties properties =
                new BasicProperties.Builder().type(key).messageId(id).build();
        byte[] body = "{\"id\":\"%s\"}".formatted(id).getBytes(StandardCharsets.UTF_8);
        assertThat(broker.publish("shop.events", key, properties, body)).isEqualTo(Broker.Outcome.CONFIRMED);
    }

    private void on(Broker.Work<?> work) {
        broker.with((Channel channel) -> work.on(channel));
    }

    @Configuration
    @EnableAutoConfiguration
    static class Haulage {

        @Bean
        Subscription trucks() {
            return Subscription.queue("truck.events").on("truck.left", Left.class, left -> handled.add(left.id()));
        }

        @Bean
        Subscription ships() {
            return Subscription.queue("ship.events").on("ship.left", Left.class, left -> handled.add(left.id()));
        }
    }

    record Left(String id) {}
}
