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
import shop.events.OpenSale;
import shop.seckill.SeckillProperties;
import shop.seckill.redis.Redis;
import shop.seckill.redis.Script;

/**
 * The sales that the gateways have heard of. Each gateway remembers them, beside Redis: so they are known when Redis has
 * lost its data, and to a gateway that is new.
 */
@Component
public final class KnownSales {
    private static final String INDEX = "seckill:{sales}:index";
    private static final String ASKED = "seckill:{sales}:asked";
    private static final Script ASK = Script.named("ask");
    private static final Script LISTED = Script.named("listed");

    private final ConcurrentSkipListMap<UUID, Long> forgetAt = new ConcurrentSkipListMap<>();
    private final Redis redis;
    private final Duration keep;
    private final String patience;

    KnownSales(Redis redis, SeckillProperties properties) {
        this.redis = redis;
        this.keep = properties.keep();
        this.patience = String.valueOf(properties.reconcileAfter().toMillis());
    }

    boolean has(UUID sale) {
        return forgetAt.containsKey(sale);
    }

    /** Remembers a sale until it is kept no longer. */
    CompletableFuture<Long> remember(UUID sale, Instant closes) {
        long forget = forget(closes);
        forgetAt.put(sale, forget);
        return redis.call(commands -> commands.zadd(INDEX, (double) forget, sale.toString()));
    }

    private long forget(Instant closes) {
        return closes.plus(keep).toEpochMilli();
    }

    /** What is known of a sale that nobody here has heard of. */
    enum Hearsay {
        /** Another gateway has. */
        LISTED,
        /** Nobody has, who knows all. */
        KNOWN,
        /** It was asked which sales there are. */
        ASKED,
        /** So it is to be asked, by the caller. */
        ASK
    }

    /**
     * Asks Redis for a sale.
     *
     * @param marker of the question that is asked if need be
     */
    CompletableFuture<Hearsay> lookUp(UUID sale, UUID marker) {
        return ask(sale.toString(), marker).thenApply(answer -> {
            Hearsay hearsay = Hearsay.valueOf(answer.get(0));
            if (hearsay == Hearsay.LISTED) {
                forgetAt.put(sale, (long) Double.parseDouble(answer.get(1)));
            }
            return hearsay;
        });
    }

    /** Whether Redis knows which sales there are. */
    CompletableFuture<Hearsay> lookUp(UUID marker) {
        return ask("", marker).thenApply(answer -> Hearsay.valueOf(answer.get(0)));
    }

    private CompletableFuture<List<String>> ask(String sale, UUID marker) {
        return redis.run(ASK, List.of(ASKED, INDEX), marker.toString(), patience, sale);
    }

    /** Nobody got the question: who looks next shall ask. */
    CompletableFuture<Long> unasked() {
        return redis.call(commands -> commands.del(ASKED));
    }

    /** These are all that are open, if that is the answer to the question that is under way. */
    CompletableFuture<List<String>> listed(List<OpenSale> sales, UUID marker) {
        sales.forEach(open -> forgetAt.put(open.sale(), forget(open.closes())));
        return redis.run(
                LISTED,
                List.of(ASKED, INDEX),
                Stream.concat(
                                Stream.of(marker.toString()),
                                sales.stream()
                                        .flatMap(open -> Stream.of(
                                                String.valueOf(forget(open.closes())),
                                                open.sale().toString())))
                        .toArray(String[]::new));
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
