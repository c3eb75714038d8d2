package shop.order.stock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import shop.order.Api;
import shop.order.Api.Caller;
import shop.order.WholeServiceTest;
import shop.playground.servers.Redis;

@WholeServiceTest
class StockCacheIT {
    private static final UUID HEADPHONES = UUID.fromString("01890000-0000-7000-8000-000000000005");

    private final Api api;
    private final StockCache cache;
    private final StringRedisTemplate client;
    private final JdbcClient database;
    private final Redis redis;

    StockCacheIT(
            @Autowired Api api,
            @Autowired StockCache cache,
            @Autowired StringRedisTemplate client,
            @Autowired JdbcClient database,
            Redis redis) {
        this.api = api;
        this.cache = cache;
        this.client = client;
        this.database = database;
        this.redis = redis;
    }

    @BeforeEach
    void awaitRedis() {
        await().ignoreExceptions().untilAsserted(() -> {
            client.delete(StockCache.key(HEADPHONES));
            assertThat(api.available(HEADPHONES.toString())).isEqualTo(stored());
            assertThat(cached()).isNotNull();
        });
    }

    @Test
    void answersFromRedisWhileALevelLives() {
        client.opsForValue().set(StockCache.key(HEADPHONES), "999999:42", Duration.ofSeconds(5));

        assertThat(api.available(HEADPHONES.toString())).isEqualTo(42);

        client.delete(StockCache.key(HEADPHONES));
        assertThat(api.available(HEADPHONES.toString())).isEqualTo(stored());
    }

    @Test
    void fillsAgainAfterRedisLostItsData() {
        client.execute(
                connection -> {
                    connection.serverCommands().flushAll();
                    return true;
                },
                true);

        assertThat(api.available(HEADPHONES.toString())).isEqualTo(stored());

        assertThat(cached()).endsWith(":" + stored());
    }

    @Test
    void everyLevelExpires() {
        Long left = client.getExpire(StockCache.key(HEADPHONES), java.util.concurrent.TimeUnit.MILLISECONDS);

        assertThat(left).isBetween(1L, 10_000L);
    }

    @Test
    void olderLevelNeverReplacesANewerOne() {
        UUID product = UUID.randomUUID();

        cache.offer(List.of(new StockLevel(product, 5, 10)));
        cache.offer(List.of(new StockLevel(product, 6, 9)));
        assertThat(cache.read(List.of(product))).containsExactly(new StockLevel(product, 5, 10));

        cache.offer(List.of(new StockLevel(product, 4, 11)));
        assertThat(cache.read(List.of(product))).containsExactly(new StockLevel(product, 4, 11));
    }

    @Test
    void orderShowsAtOnce() {
        int before = api.available(HEADPHONES.toString());

        Api.ok(201, api.order(api.customer(), HEADPHONES.toString(), 2));

        assertThat(cached()).endsWith(":" + (before - 2));
        assertThat(api.available(HEADPHONES.toString())).isEqualTo(before - 2);
    }

    @Test
    void databaseAnswersWhileRedisIsAway() {
        Caller buyer = api.customer();
        redis.stop();
        try {
            int before = stored();
            assertThat(api.available(HEADPHONES.toString())).isEqualTo(before);
            Api.ok(201, api.order(buyer, HEADPHONES.toString(), 1));
            assertThat(api.available(HEADPHONES.toString())).isEqualTo(before - 1);
            assertThat(api.get("/actuator/health/readiness", Api.NOBODY).status())
                    .isEqualTo(200);
        } finally {
            redis.start();
        }
        // what it remembers from before is gone when it expires, at the latest
        await().atMost(Duration.ofSeconds(20)).ignoreExceptions().untilAsserted(() -> {
            assertThat(api.available(HEADPHONES.toString())).isEqualTo(stored());
            assertThat(cached()).endsWith(":" + stored());
        });
    }

    @Test
    void staysQuickWhileRedisDoesNotAnswer() {
        api.get("/products", Api.NOBODY);
        redis.freeze();
        try {
            long start = System.nanoTime();
            for (int i = 0; i < 20; i++) {
                assertThat(api.available(HEADPHONES.toString())).isEqualTo(stored());
            }
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(3));
        } finally {
            redis.thaw();
        }
    }

    private int stored() {
        return database.sql("select available from products where id = ?")
                .param(HEADPHONES)
                .query(Integer.class)
                .single();
    }

    private String cached() {
        return client.opsForValue().get(StockCache.key(HEADPHONES));
    }
}
