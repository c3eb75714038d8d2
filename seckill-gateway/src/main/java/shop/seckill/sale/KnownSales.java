package shop.seckill.sale;

import io.lettuce.core.Range;
import io.lettuce.core.ScoredValue;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;
import shop.seckill.SeckillProperties;
import shop.seckill.redis.Redis;

/**
 * The sales that the gateways have heard of. Each gateway remembers them, beside Redis: so they are known when Redis has
 * lost its data, and to a gateway that is new.
 */
@Component
public final class KnownSales {
    /** Sorted set of all sales, by the time at which they may be forgotten. It lies in a slot of its own. */
    private static final String INDEX = "seckill:sales";

    private final ConcurrentSkipListMap<UUID, Long> forgetAt = new ConcurrentSkipListMap<>();
    private final Redis redis;
    private final Duration keep;

    KnownSales(Redis redis, SeckillProperties properties) {
        this.redis = redis;
        this.keep = properties.keep();
    }

    boolean has(UUID sale) {
        return forgetAt.containsKey(sale);
    }

    /** Remembers a sale until it is kept no longer. */
    CompletableFuture<Long> remember(UUID sale, Instant closes) {
        long forget = closes.plus(keep).toEpochMilli();
        forgetAt.put(sale, forget);
        return redis.call(commands -> commands.zadd(INDEX, (double) forget, sale.toString()));
    }

    /** The next so many sales behind this one, in a fixed order and round and round; each once. */
    public List<UUID> after(UUID last, int atMost) {
        return Stream.concat(
                        forgetAt.tailMap(last, false).keySet().stream(), forgetAt.headMap(last, true).keySet().stream())
                .limit(atMost)
                .toList();
    }

    /** Learns from Redis, and teaches it, what the one knows and the other does not. */
    public CompletableFuture<Void> exchange() {
        long now = System.currentTimeMillis();
        forgetAt.values().removeIf(forget -> forget <= now);
        return redis.call(commands -> commands.zremrangebyscore(INDEX, Range.create(0L, now)))
                .thenCompose(removed -> redis.call(commands -> commands.zrangeWithScores(INDEX, 0, -1)))
                .thenCompose(this::reconcile);
    }

    private CompletableFuture<Void> reconcile(List<ScoredValue<String>> index) {
        Map<UUID, Long> missing = forgetAt.clone();
        for (ScoredValue<String> entry : index) {
            UUID sale = UUID.fromString(entry.getValue());
            forgetAt.putIfAbsent(sale, (long) entry.getScore());
            missing.remove(sale);
        }
        List<CompletableFuture<Long>> told = new ArrayList<>();
        missing.forEach((sale, forget) ->
                told.add(redis.call(commands -> commands.zadd(INDEX, (double) forget, sale.toString()))));
        return CompletableFuture.allOf(told.toArray(CompletableFuture[]::new));
    }
}
