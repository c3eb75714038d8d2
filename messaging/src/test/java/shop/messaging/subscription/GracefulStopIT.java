package shop.messaging.subscription;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.GetResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import shop.playground.servers.Broker;
import shop.playground.servers.Kind;
import shop.playground.servers.WithServers;

/** A service that is stopped finishes what it has, and leaves the rest as if it had never seen it. */
@WithServers(Kind.RABBITMQ)
class GracefulStopIT {
    private static final String QUEUE = "crate.events";
    private static final int MESSAGES = 300;

    /** So many that handling them takes longer than the container's own default of 5 s for a stop. */
    private static final int PREFETCH = 150;

    private static final Duration WORK = Duration.ofMillis(50);

    private static final List<String> handled = new CopyOnWriteArrayList<>();

    private final Broker broker;

    GracefulStopIT(Broker broker) {
        this.broker = broker;
    }

    @AfterEach
    void leaveNothing() {
        broker.purge(QUEUE);
    }

    @Test
    void finishesWhatItHasAndLeavesTheRestUntouched() {
        try (ConfigurableApplicationContext stoppedAfterwards = start()) {
            assertThat(stoppedAfterwards.isRunning()).isTrue();
            await().until(() -> broker.consumers(QUEUE) == 1);
            IntStream.range(0, MESSAGES).forEach(this::publish);
            await().until(() -> handled.size() > 20);
        }
        assertThat(handled).hasSizeGreaterThan(PREFETCH).hasSizeLessThan(MESSAGES);

        List<GetResponse> rest = broker.takeAll(QUEUE);
        assertThat(rest).noneMatch(message -> message.getEnvelope().isRedeliver());
        List<String> all = new ArrayList<>(handled);
        rest.forEach(message -> all.add(message.getProps().getMessageId()));
        assertThat(all)
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, MESSAGES).mapToObj(Integer::toString).toList());
    }

    private static ConfigurableApplicationContext start() {
        return new SpringApplicationBuilder(CrateService.class)
                .properties("spring.autoconfigure.exclude="
                        + "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration")
                .run();
    }

    private void publish(int id) {
        BasicProperties properties = new BasicProperties.Builder()
                .type("crate.packed")
                .messageId(Integer.toString(id))
                .deliveryMode(2)
                .build();
        byte[] body = "{\"id\":\"%d\"}".formatted(id).getBytes(StandardCharsets.UTF_8);
        broker.publish("shop.events", "crate.packed", properties, body);
    }

    @Configuration
    @EnableAutoConfiguration
    static class CrateService {

        @Bean
        Subscription crateEvents() {
            return Subscription.queue(QUEUE)
                    .on("crate.packed", Packed.class, CrateService::on)
                    .prefetch(PREFETCH);
        }

        private static void on(Packed crate) {
            LockSupport.parkNanos(WORK.toNanos());
            handled.add(crate.id());
        }
    }

    record Packed(String id) {}
}
