package shop.messaging.claim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Configuration;
import org.springframework.test.annotation.DirtiesContext;
import shop.messaging.DeferredException;
import shop.messaging.UnavailableException;
import shop.messaging.subscription.Subscription;
import shop.playground.servers.Kind;
import shop.playground.servers.Redis;
import shop.playground.servers.WithServers;

@WithServers({Kind.RABBITMQ, Kind.REDIS})
@SpringBootTest(
        properties = {
            "messaging.claims.lease=20s",
            "messaging.remember=1h",
            "spring.autoconfigure.exclude=org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration"
        })
@DirtiesContext
class ClaimsIT {
    private static final String QUEUE = "parcel.events";

    private final String message = UUID.randomUUID().toString();
    private final String key = QUEUE + ":claim:" + message;
    private final AtomicInteger effects = new AtomicInteger();
    private final Redis redis;

    @Autowired
    private Claims claims;

    ClaimsIT(Redis redis) {
        this.redis = redis;
    }

    @BeforeEach
    void awaitRedis() {
        await().ignoreExceptions()
                .until(() -> claims.once(QUEUE, UUID.randomUUID().toString(), () -> {}));
    }

    @Test
    void doesTheWorkOfAMessageOnceHoweverOftenAndFromHoweverManySidesItComes() {
        ExecutorService many = Executors.newFixedThreadPool(8);
        try {
            List<CompletableFuture<Boolean>> deliveries = Stream.generate(
                            () -> CompletableFuture.supplyAsync(this::handledOrDeferred, many))
                    .limit(40)
                    .toList();
            assertThat(deliveries.stream().map(CompletableFuture::join).filter(done -> done))
                    .hasSize(1);
        } finally {
            many.shutdown();
        }
        assertThat(effects).hasValue(1);
    }

    @Test
    void remembersForAsLongAsItIsTold() {
        assertThat(handle()).isTrue();
        assertThat(redis.command("GET", key)).isEqualTo("done");
        assertThat(milliseconds()).isBetween(3_590_000L, 3_600_000L);
        assertThat(handle()).isFalse();
    }

    @Test
    void holdsTheMessageForTheLeaseWhileItWorks() {
        claims.once(QUEUE, message, () -> {
            assertThat(milliseconds()).isBetween(10_000L, 20_000L);
            assertThatExceptionOfType(DeferredException.class).isThrownBy(this::handle);
        });
        assertThat(effects).hasValue(0);
    }

    @Test
    void givesBackWhatFailed() {
        assertThatThrownBy(this::fail).hasMessage("no stamp");
        assertThat(handle()).isTrue();
    }

    @Test
    void waitsForTheLeaseOfOneThatDied() {
        redis.command("SET", key, "the dead one's token", "PX", "500");
        assertThatExceptionOfType(DeferredException.class).isThrownBy(this::handle);
        await().ignoreExceptions().until(this::handle);
        assertThat(effects).hasValue(1);
    }

    @Test
    void leavesTheClaimOfWhoeverCameAfterItsLeaseRanOut() {
        assertThatThrownBy(() -> claims.once(QUEUE, message, () -> {
                    redis.command("SET", key, "the next one's token");
                    throw new IllegalStateException("too late");
                }))
                .hasMessage("too late");
        assertThat(redis.command("GET", key)).isEqualTo("the next one's token");
    }

    @Test
    void notesWhatIsDoneThoughItsLeaseRanOut() {
        claims.once(QUEUE, message, () -> redis.command("SET", key, "the next one's token"));
        assertThat(redis.command("GET", key)).isEqualTo("done");
    }

    @Test
    void eachSubscriptionHasItsOwnEffect() {
        assertThat(handle()).isTrue();
        assertThat(claims.once("letter.events", message, effects::incrementAndGet))
                .isTrue();
    }

    @Test
    void doesNothingWhileRedisIsAwayAndSaysSoAtOnce() {
        redis.kill();
        try {
            long begin = System.nanoTime();
            assertThatExceptionOfType(DeferredException.class)
                    .isThrownBy(this::handle)
                    .withCauseInstanceOf(UnavailableException.class);
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(3));
            assertThat(effects).hasValue(0);
        } finally {
            redis.start();
        }
        await().ignoreExceptions().until(this::handle);
    }

    @Test
    void repeatsNothingBecauseRedisWentAwayMeanwhile() {
        try {
            assertThat(claims.once(QUEUE, message, redis::kill)).isTrue();
        } finally {
            redis.start();
        }
    }

    @Test
    void refusesWorkThatMayTakeAsLongAsAClaimLasts() {
        Subscription parcels = Subscription.queue(QUEUE);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> parcels.once(claims, Duration.ofSeconds(20)))
                .withMessageContaining("may take 20 s, but a claim lasts 20 s");
        assertThatNoException().isThrownBy(() -> parcels.once(claims, Duration.ofSeconds(19)));
    }

    private boolean handle() {
        return claims.once(QUEUE, message, effects::incrementAndGet);
    }

    private boolean handledOrDeferred() {
        try {
            return handle();
        } catch (DeferredException e) {
            return false;
        }
    }

    private void fail() {
        claims.once(QUEUE, message, () -> {
            throw new IllegalStateException("no stamp");
        });
    }

    private long milliseconds() {
        return Long.parseLong(redis.command("PTTL", key));
    }

    @Configuration
    @EnableAutoConfiguration
    static class AnyService {}
}
