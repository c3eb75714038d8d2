package shop.messaging.subscription;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.GetResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.amqp.core.MessageListenerContainer;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.amqp.rabbit.listener.RabbitListenerEndpointRegistry;
import org.springframework.amqp.rabbit.listener.SimpleMessageListenerContainer;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import shop.playground.proxy.Proxy;
import shop.playground.proxy.Traffic;
import shop.playground.servers.Broker;
import shop.playground.servers.Kind;
import shop.playground.servers.RabbitMq;
import shop.playground.servers.WithServers;

/** A service that is stopped finishes what it has, and leaves the rest as if it had never seen it. */
@WithServers(Kind.RABBITMQ)
class GracefulStopIT {
    private static final String QUEUE = "crate.events";
    private static final List<String> IDS =
            IntStream.range(0, 300).mapToObj(Integer::toString).toList();

    /** So many that handling them takes longer than the container's own default of 5 s for a stop. */
    private static final int PREFETCH = 150;

    private static final int TRIES_IN_PLACE = 3;
    private static final Duration WORK = Duration.ofMillis(50);

    private static final List<String> begun = new CopyOnWriteArrayList<>();
    private static final List<String> handled = new CopyOnWriteArrayList<>();
    private static final AtomicInteger failures = new AtomicInteger();

    private static final String BROKEN = "broken";
    private static final String RETRY = QUEUE + ".retry.1s";

    private final Broker broker;
    private final Proxy proxy;

    GracefulStopIT(RabbitMq rabbitMq) {
        this.broker = rabbitMq.broker();
        this.proxy = Proxy.amqp(rabbitMq.port());
    }

    @AfterEach
    void leaveNothing() {
        proxy.close();
        broker.purge(QUEUE);
        begun.clear();
        handled.clear();
        failures.set(0);
    }

    @Test
    void finishesWhatItHasAndLeavesTheRestUntouched() {
        assertThat(proxy.count(Traffic.DELIVERIES)).isZero();
        try (ConfigurableApplicationContext stoppedAfterwards = start()) {
            assertThat(stoppedAfterwards.isRunning()).isTrue();
            await().until(() -> broker.consumers(QUEUE) == 1);
            publish(IDS);
            await().until(() -> handled.size() > 20);
        }
        assertThat(handled).hasSizeGreaterThan(PREFETCH).hasSizeLessThan(IDS.size());

        // What the broker calls redelivered is more: the message that it was about to send to a consumer that goes, it
        // takes back by itself (https://github.com/rabbitmq/rabbitmq-server/pull/3746).
        assertThat(handled).as("all that was delivered").hasSize(proxy.count(Traffic.DELIVERIES));

        List<GetResponse> rest = broker.takeAll(QUEUE);
        List<String> all = new ArrayList<>(handled);
        rest.forEach(message -> all.add(message.getProps().getMessageId()));
        assertThat(all).containsExactlyInAnyOrderElementsOf(IDS);
    }

    @Test
    void endsInTimeThoughTheBrokerRefusesACopyAndLeavesTheOriginalInItsQueue() {
        long begin;
        try (ConfigurableApplicationContext stoppedAfterwards = start()) {
            assertThat(stoppedAfterwards.isRunning()).isTrue();
            await().until(() -> broker.consumers(QUEUE) == 1);
            declareForTheLastTime(stoppedAfterwards);
            broker.with(channel -> channel.queueUnbind(RETRY, "crate.redelivery", RETRY));
            publish(List.of(BROKEN));
            await().until(() -> failures.get() == TRIES_IN_PLACE);
            begin = System.nanoTime();
        }
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(15));
        await().until(() -> broker.ready(QUEUE) == 1);
        assertThat(broker.takeAll(QUEUE))
                .singleElement()
                .satisfies(original ->
                        assertThat(original.getProps().getMessageId()).isEqualTo(BROKEN));
        assertThat(failures).hasValue(TRIES_IN_PLACE);
    }

    /** One after the other, they would take longer than a service has to stop. */
    @Test
    void stopsAllConsumersAtTheSameTime() {
        try (ConfigurableApplicationContext stoppedAfterwards = start(TwoHandedService.class)) {
            await().until(() -> broker.consumers("crate.left") == 1 && broker.consumers("crate.right") == 1);
            publish(List.of("both"));
            await().until(() -> begun.size() == 2);
            assertThat(stoppedAfterwards.isRunning()).isTrue();
            assertThat(handled).isEmpty();
        }
        assertThat(handled).containsExactlyInAnyOrder("crate.left", "crate.right");
    }

    private ConfigurableApplicationContext start() {
        return start(CrateService.class);
    }

    private ConfigurableApplicationContext start(Class<?> service) {
        return new SpringApplicationBuilder(service)
                .properties("spring.autoconfigure.exclude="
                        + "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration")
                .run("--spring.rabbitmq.port=" + proxy.port());
    }

    /** Each new connection declares all, the one that copies are published by, too. */
    private static void declareForTheLastTime(ConfigurableApplicationContext service) {
        ConnectionFactory connections = service.getBean(ConnectionFactory.class);
        Objects.requireNonNull(connections.getPublisherConnectionFactory()).createConnection();
    }

    private void publish(List<String> ids) {
        broker.publishAll(channel -> {
            for (String id : ids) {
                BasicProperties properties = new BasicProperties.Builder()
                        .type("crate.packed")
                        .messageId(id)
                        .deliveryMode(2)
                        .build();
                byte[] body = "{\"id\":\"%s\"}".formatted(id).getBytes(StandardCharsets.UTF_8);
                channel.basicPublish("shop.events", "crate.packed", properties, body);
            }
            return ids;
        });
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
            if (crate.id().equals(BROKEN)) {
                failures.incrementAndGet();
                throw new IllegalStateException("it is broken");
            }
            LockSupport.parkNanos(WORK.toNanos());
            handled.add(crate.id());
        }
    }

    /** The work of each of its hands ends when the other one is told to stop. */
    @Configuration
    @EnableAutoConfiguration
    static class TwoHandedService {

        @Bean
        Subscription left(ObjectProvider<RabbitListenerEndpointRegistry> consumers) {
            return hand("crate.left", "crate.right", consumers);
        }

        @Bean
        Subscription right(ObjectProvider<RabbitListenerEndpointRegistry> consumers) {
            return hand("crate.right", "crate.left", consumers);
        }

        private static Subscription hand(
                String queue, String other, ObjectProvider<RabbitListenerEndpointRegistry> consumers) {
            return Subscription.queue(queue).on("crate.packed", Packed.class, crate -> {
                begun.add(queue);
                await().until(() -> stopping(consumers.getObject().getListenerContainer(other)));
                handled.add(queue);
            });
        }

        private static boolean stopping(@Nullable MessageListenerContainer consumer) {
            return consumer instanceof SimpleMessageListenerContainer container && !container.isActive();
        }
    }

    record Packed(String id) {}
}
