package shop.messaging.subscription;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.GetResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.rabbit.config.ContainerCustomizer;
import org.springframework.amqp.rabbit.listener.SimpleMessageListenerContainer;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.test.annotation.DirtiesContext;
import shop.messaging.claim.Claims;
import shop.playground.servers.Broker;
import shop.playground.servers.Kind;
import shop.playground.servers.Redis;
import shop.playground.servers.WithServers;

@WithServers({Kind.RABBITMQ, Kind.REDIS})
@SpringBootTest(
        properties = {
            "messaging.retry.delays=2s,1s",
            "spring.data.redis.timeout=1s",
            "spring.autoconfigure.exclude=org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration"
        })
@DirtiesContext
class ClaimedSubscriptionIT {
    private static final String QUEUE = "claimed.events";
    private static final String PARKED = QUEUE + ".parked";
    private static final String SHORTEST = QUEUE + ".retry.1s";
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final String id = UUID.randomUUID().toString();
    private final String claim = QUEUE + ":claim:" + id;
    private final Broker broker;
    private final Redis redis;

    @Autowired
    private Stamps stamps;

    ClaimedSubscriptionIT(Broker broker, Redis redis) {
        this.broker = broker;
        this.redis = redis;
    }

    @BeforeEach
    void awaitConsumers() {
        await().until(() -> broker.consumers(QUEUE) == 2);
    }

    @AfterEach
    void leaveNothing() {
        stamps.failing.clear();
        List.of(PARKED, SHORTEST, QUEUE + ".retry.2s").forEach(broker::purge);
    }

    @Test
    void twoConsumersWithTheSameMessageStampItOnce() {
        CountDownLatch held = stamps.hold();
        publish(id);
        publish(id);
        await().atMost(PATIENCE).until(() -> broker.ready(SHORTEST) == 1); // one works, the other is sent to wait
        held.countDown();
        await().atMost(PATIENCE).until(this::quiet);
        assertThat(stamps.on).containsOnlyOnce(id);
    }

    @Test
    void aMessageWhoseHolderDiedWaitsForTheLeaseAndThatIsNoAttempt() {
        redis.command("SET", claim, "the dead one's token", "PX", "3500");
        publish(id);
        await().atMost(PATIENCE).until(() -> broker.ready(SHORTEST) == 1);
        assertThat(stamps.on).doesNotContain(id);
        await().atMost(PATIENCE).until(() -> stamps.on.contains(id));
        assertThat(stamps.headers.get(id)).doesNotContainKeys(FailureHeaders.ATTEMPTS, FailureHeaders.REASON);
        assertThat(broker.ready(PARKED)).isZero();
    }

    @Test
    void waitingChangesNoHistory() {
        redis.command("SET", claim, "the dead one's token", "PX", "1500");
        publish(id, Map.of(FailureHeaders.ATTEMPTS, 2, FailureHeaders.REASON, "rain"));
        await().atMost(PATIENCE).until(() -> stamps.on.contains(id));
        assertThat(stamps.headers.get(id))
                .containsEntry(FailureHeaders.ATTEMPTS, 2)
                .containsEntry(FailureHeaders.REASON, "rain")
                .doesNotContainKey(FailureHeaders.LAST_FAILED_AT);
    }

    @Test
    void whatFailedIsGivenBackAndTriedAgain() {
        stamps.failing.put(id, 4); // three in place and one after the wait
        publish(id);
        await().atMost(PATIENCE).until(() -> stamps.on.contains(id));
        assertThat(stamps.headers.get(id)).containsEntry(FailureHeaders.ATTEMPTS, 1);
    }

    @Test
    void whatIsDoneIsAcknowledgedWithoutWork() {
        redis.command("SET", claim, "done");
        publish(id);
        String next = UUID.randomUUID().toString();
        publish(next);
        await().atMost(PATIENCE).until(() -> stamps.on.contains(next) && quiet());
        assertThat(stamps.on).doesNotContain(id);
    }

    @Test
    void aMessageWithoutAnIdIsParked() {
        publish(null);
        GetResponse parked = await().atMost(PATIENCE)
                .until(() -> broker.take(PARKED), Optional::isPresent)
                .orElseThrow();
        assertThat(parked.getProps().getHeaders().get(FailureHeaders.REASON))
                .asString()
                .contains("no id");
    }

    @Test
    void nothingIsStampedWithoutRedisAndNothingCounted() {
        List<String> ids = List.of("a", "b", "c", "d", "e", "f", "g", "h");
        redis.kill();
        try {
            ids.forEach(letter -> publish(letter + id));
            await().atMost(PATIENCE).until(() -> broker.consumers(QUEUE) == 0);
            assertThat(stamps.on).doesNotContain("a" + id);
        } finally {
            redis.start();
        }
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(stamps.on)
                        .containsAll(ids.stream().map(letter -> letter + id).toList()));
        assertThat(stamps.headers.get("a" + id)).doesNotContainKey(FailureHeaders.ATTEMPTS);
        assertThat(broker.ready(PARKED)).isZero();
    }

    private boolean quiet() {
        return broker.ready(QUEUE) == 0
                && broker.ready(SHORTEST) == 0
                && redis.command("GET", claim).equals("done");
    }

    private void publish(@Nullable String messageId) {
        publish(messageId, Map.of());
    }

    private void publish(@Nullable String messageId, Map<String, Object> headers) {
        BasicProperties properties = new BasicProperties.Builder()
                .type("letter.written")
                .messageId(messageId)
                .headers(headers)
                .deliveryMode(2)
                .build();
        byte[] body = "{\"id\":\"%s\"}".formatted(messageId).getBytes(StandardCharsets.UTF_8);
        assertThat(broker.publish("shop.events", "letter.written", properties, body))
                .isEqualTo(Broker.Outcome.CONFIRMED);
    }

    @Configuration
    @EnableAutoConfiguration
    static class LetterService {

        @Bean
        Subscription claimedEvents(Stamps stamps, Claims claims) {
            return Subscription.queue(QUEUE)
                    .on("letter.written", Letter.class, stamps::on)
                    .once(claims, Duration.ofSeconds(10))
                    .pauseWhileUnavailable()
                    .consumers(2)
                    .prefetch(1);
        }

        @Bean
        ContainerCustomizer<SimpleMessageListenerContainer> seesWhatIsDelivered(Stamps stamps) {
            return container -> container.setAfterReceivePostProcessors(stamps::seen);
        }

        @Bean
        Stamps stamps() {
            return new Stamps();
        }
    }

    record Letter(String id) {}

    static class Stamps {
        private final List<String> on = new CopyOnWriteArrayList<>();
        private final Map<String, Integer> failing = new ConcurrentHashMap<>();
        private final Map<String, Map<String, Object>> headers = new ConcurrentHashMap<>();
        private volatile CountDownLatch held = new CountDownLatch(0);

        void on(Letter letter) throws Exception {
            assertThat(held.await(10, TimeUnit.SECONDS)).isTrue();
            if (failing.merge(letter.id(), -1, Integer::sum) >= 0) {
                throw new Exception("no stamp");
            }
            on.add(letter.id());
        }

        private Message seen(Message message) {
            String id = message.getMessageProperties().getMessageId();
            if (id != null) {
                headers.put(id, message.getMessageProperties().getHeaders());
            }
            return message;
        }

        private CountDownLatch hold() {
            held = new CountDownLatch(1);
            return held;
        }
    }
}
