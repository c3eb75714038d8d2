package shop.order.stock;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.io.ClassPathResource;
import org.springframework.dao.DataAccessException;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.core.script.RedisScript;
import org.springframework.stereotype.Component;

/**
 * Stock levels in Redis, each as {@code version:available}. A level that comes late never replaces a newer one, and every level
 * expires, so that what was never overwritten is wrong for {@link #EXPIRY} at most. While Redis is away, it is a cache
 * that knows nothing.
 */
@Component
class StockCache {
    private static final Logger log = LoggerFactory.getLogger(StockCache.class);
    private static final Duration EXPIRY = Duration.ofSeconds(10);
    private static final long PAUSE_NANOS = Duration.ofSeconds(1).toNanos();
    private static final RedisScript<Boolean> KEEP_NEWER =
            RedisScript.of(new ClassPathResource("keep-newer.lua"), Boolean.class);

    private final StringRedisTemplate redis;

    /** After a failure, one caller a second finds out whether Redis is back; nobody else waits for it. 0 = not away. */
    private final AtomicLong askAgainAt = new AtomicLong();

    StockCache(StringRedisTemplate redis) {
        this.redis = redis;
    }

    /** Those of the levels that are known. */
    List<StockLevel> read(List<UUID> products) {
        return unlessAway(
                () -> {
                    List<@Nullable String> values = redis.opsForValue()
                            .multiGet(products.stream().map(StockCache::key).toList());
                    List<StockLevel> levels = new ArrayList<>();
                    for (int i = 0; i < products.size(); i++) {
                        String value = values.get(i);
                        if (value != null) {
                            levels.add(level(products.get(i), value));
                        }
                    }
                    return levels;
                },
                List.of());
    }

    /** Stores those of the levels that are not older than what is there. */
    void offer(Collection<StockLevel> levels) {
        unlessAway(
                () -> {
                    levels.forEach(this::keepNewer);
                    return true;
                },
                false);
    }

    private void keepNewer(StockLevel level) {
        redis.execute(
                KEEP_NEWER,
                List.of(key(level.product())),
                String.valueOf(level.version()),
                String.valueOf(level.available()),
                String.valueOf(EXPIRY.toMillis()));
    }

    private <T> T unlessAway(Supplier<T> work, T otherwise) {
        long pause = askAgainAt.get();
        if (pause != 0
                && (System.nanoTime() - pause < 0
                        || !askAgainAt.compareAndSet(pause, System.nanoTime() + PAUSE_NANOS))) {
            return otherwise;
        }
        try {
            T result = work.get();
            askAgainAt.set(0);
            return result;
        } catch (DataAccessException away) {
            log.warn("Redis does not serve, the database does: {}", away.toString());
            askAgainAt.set(System.nanoTime() + PAUSE_NANOS);
            return otherwise;
        }
    }

    static String key(UUID product) {
        return "order:stock:" + product;
    }

    private static StockLevel level(UUID product, String value) {
        int colon = value.indexOf(':');
        return new StockLevel(
                product, Integer.parseInt(value.substring(colon + 1)), Long.parseLong(value.substring(0, colon)));
    }
}
