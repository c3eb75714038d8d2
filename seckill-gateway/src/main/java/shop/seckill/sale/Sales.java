package shop.seckill.sale;

import io.lettuce.core.KeyValue;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.springframework.stereotype.Component;
import shop.events.Money;
import shop.events.SaleAnnounced;
import shop.events.SaleClosed;
import shop.events.SaleCounted;
import shop.seckill.SeckillProperties;
import shop.seckill.redis.Redis;
import shop.seckill.redis.Script;

/** The sales that were announced, as they are known to Redis. */
@Component
public final class Sales {
    private static final Script ANNOUNCE = Script.named("announce");

    /** An announcement that is no older, of a sale that nobody knew, was not preceded by any purchase. */
    private static final String JUST_NOW = String.valueOf(Duration.ofSeconds(10).toMillis());

    private static final String HEARD_OF = "";
    private static final String NO_MARKER = "";

    private final Redis redis;
    private final KnownSales known;
    private final Recounts recounts;
    private final String keep;

    Sales(Redis redis, KnownSales known, Recounts recounts, SeckillProperties properties) {
        this.redis = redis;
        this.known = known;
        this.recounts = recounts;
        this.keep = String.valueOf(properties.keep().toMillis());
    }

    public void on(SaleAnnounced event) {
        keep(
                "OPEN",
                new Sale(event.sale(), event.opens(), event.closes(), event.price(), event.left()),
                event.version(),
                event.product(),
                event.occurredAt(),
                NO_MARKER);
    }

    public void on(SaleCounted event) {
        keep(
                event.closed() ? "CLOSED" : "OPEN",
                new Sale(event.sale(), event.opens(), event.closes(), event.price(), event.left()),
                event.version(),
                event.product(),
                event.occurredAt(),
                event.marker().toString());
    }

    public void on(SaleClosed event) {
        keep(
                "CLOSED",
                new Sale(event.sale(), event.opens(), event.closes(), event.price(), event.left()),
                event.version(),
                event.product(),
                event.occurredAt(),
                NO_MARKER);
    }

    private void keep(String state, Sale sale, long version, UUID product, Instant told, String marker) {
        SaleKeys keys = SaleKeys.of(sale.id());
        List<String> kept = Redis.await(redis.run(
                ANNOUNCE,
                List.of(keys.sale(), keys.buyers(), keys.pending()),
                state,
                String.valueOf(sale.left()),
                String.valueOf(version),
                keep,
                String.valueOf(sale.closes().toEpochMilli()),
                String.valueOf(sale.opens().toEpochMilli()),
                String.valueOf(told.toEpochMilli()),
                known.has(sale.id()) ? HEARD_OF : JUST_NOW,
                marker,
                "amount",
                String.valueOf(sale.price().amount()),
                "currency",
                sale.price().currency(),
                "product",
                product.toString()));
        Redis.await(known.remember(sale.id(), sale.closes()));
        if (kept.get(0).equals("UNCOUNTED")) {
            Redis.await(recounts.begin(sale.id()));
        }
    }

    /**
     * The sale, if it was announced here and is not forgotten yet.
     *
     * @return fails with {@link SaleProblems#recounting} while it is not known what is left of it
     */
    CompletableFuture<Optional<Sale>> find(UUID sale) {
        String key = SaleKeys.of(sale).sale();
        return redis.call(commands -> commands.hmget(key, "state", "opens", "closes", "amount", "currency", "left"))
                .thenCompose(found -> switch (found.get(0).getValueOrElse("")) {
                    case "" ->
                        recounts.mayExist(sale)
                                .thenCompose(possible -> possible
                                        ? CompletableFuture.failedFuture(SaleProblems.recounting())
                                        : CompletableFuture.completedFuture(Optional.empty()));
                    case "RECOUNTING" -> CompletableFuture.failedFuture(SaleProblems.recounting());
                    default -> CompletableFuture.completedFuture(Optional.of(sale(sale, found)));
                });
    }

    private static Sale sale(UUID id, List<KeyValue<String, String>> fields) {
        return new Sale(
                id,
                Instant.ofEpochMilli(number(fields.get(1))),
                Instant.ofEpochMilli(number(fields.get(2))),
                new Money(number(fields.get(3)), fields.get(4).getValue()),
                Math.toIntExact(number(fields.get(5))));
    }

    private static long number(KeyValue<String, String> field) {
        return Long.parseLong(field.getValue());
    }

    /**
     * A sale as last heard of.
     *
     * @param left units that no order holds; some of them may be promised to tickets already
     */
    record Sale(UUID id, Instant opens, Instant closes, Money price, int left) {}
}
