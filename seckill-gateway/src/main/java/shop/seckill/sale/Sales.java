package shop.seckill.sale;

import io.lettuce.core.KeyValue;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.springframework.stereotype.Component;
import shop.events.Money;
import shop.events.SaleAnnounced;
import shop.events.SaleClosed;
import shop.seckill.SeckillProperties;
import shop.seckill.redis.Redis;
import shop.seckill.redis.Script;

/** The sales that were announced, as they are known to Redis. */
@Component
public final class Sales {
    private static final Script ANNOUNCE = Script.named("announce");

    private final Redis redis;
    private final String keep;

    Sales(Redis redis, SeckillProperties properties) {
        this.redis = redis;
        this.keep = String.valueOf(properties.keep().toMillis());
    }

    public void on(SaleAnnounced event) {
        announce(
                "OPEN",
                new Sale(event.sale(), event.opens(), event.closes(), event.price(), event.left()),
                event.version(),
                event.product());
    }

    public void on(SaleClosed event) {
        announce(
                "CLOSED",
                new Sale(event.sale(), event.opens(), event.closes(), event.price(), event.left()),
                event.version(),
                event.product());
    }

    private void announce(String state, Sale sale, long version, UUID product) {
        SaleKeys keys = SaleKeys.of(sale.id());
        redis.run(
                        ANNOUNCE,
                        List.of(keys.sale(), keys.buyers(), keys.pending()),
                        state,
                        String.valueOf(sale.left()),
                        String.valueOf(version),
                        keep,
                        String.valueOf(sale.closes().toEpochMilli()),
                        "opens",
                        String.valueOf(sale.opens().toEpochMilli()),
                        "amount",
                        String.valueOf(sale.price().amount()),
                        "currency",
                        sale.price().currency(),
                        "product",
                        product.toString())
                .join();
    }

    /** Empty when the sale was not announced here, or was so long ago that it is forgotten. */
    CompletableFuture<Optional<Sale>> find(UUID sale) {
        String key = SaleKeys.of(sale).sale();
        return redis.call(commands -> commands.hmget(key, "opens", "closes", "amount", "currency", "left"))
                .thenApply(found -> found.get(0).hasValue()
                        ? Optional.of(new Sale(
                                sale,
                                Instant.ofEpochMilli(number(found.get(0))),
                                Instant.ofEpochMilli(number(found.get(1))),
                                new Money(number(found.get(2)), found.get(3).getValue()),
                                Math.toIntExact(number(found.get(4)))))
                        : Optional.empty());
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
