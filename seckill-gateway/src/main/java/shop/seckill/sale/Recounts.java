package shop.seckill.sale;

import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import shop.events.RecountCommand;
import shop.events.SalesListed;
import shop.messaging.Ids;
import shop.messaging.publishing.Outcome;
import shop.seckill.SeckillProperties;
import shop.seckill.broker.CommandQueue;
import shop.seckill.redis.Redis;
import shop.seckill.redis.Script;
import shop.seckill.sale.KnownSales.Hearsay;

/**
 * Asks the order service for what Redis does not know (any more). The question goes through the capped queue; its answer
 * is an event, which {@link Sales} hears.
 */
@Component
public final class Recounts {
    private static final Logger log = LoggerFactory.getLogger(Recounts.class);
    private static final Script RECOUNT = Script.named("recount");

    private final KnownSales known;
    private final Redis redis;
    private final CommandQueue queue;
    private final String patience;
    private final String keep;

    Recounts(KnownSales known, Redis redis, CommandQueue queue, SeckillProperties properties) {
        this.known = known;
        this.redis = redis;
        this.queue = queue;
        this.patience = String.valueOf(properties.reconcileAfter().toMillis());
        this.keep = String.valueOf(properties.keep().toMillis());
    }

    /**
     * Whether a sale that Redis does not know may be one all the same: because it is remembered here, or because not
     * everything was asked for yet. Asks, where nobody has.
     */
    public CompletableFuture<Boolean> mayExist(UUID sale) {
        if (known.has(sale)) {
            return begin(sale).thenApply(begun -> true);
        }
        UUID marker = Ids.next();
        return known.lookUp(sale, marker).thenCompose(answer -> {
            askIf(answer, marker);
            return answer == Hearsay.LISTED
                    ? begin(sale).thenApply(begun -> true)
                    : CompletableFuture.completedFuture(answer != Hearsay.KNOWN);
        });
    }

    /** Asks what is left of a sale, unless Redis knows or somebody asked already. Not waiting for an answer. */
    public CompletableFuture<Void> begin(UUID sale) {
        String key = SaleKeys.of(sale).sale();
        return redis.run(RECOUNT, List.of(key), Ids.next().toString(), patience, keep)
                .thenAccept(answer -> {
                    if (answer.get(0).equals("ASK")) {
                        log.warn("Redis does not know the sale {}: it is counted anew", sale);
                        var unused = ask(sale, UUID.fromString(answer.get(1)))
                                .thenCompose(outcome -> outcome.refused()
                                        ? redis.call(commands -> commands.hdel(key, "asked"))
                                        : CompletableFuture.completedFuture(0L));
                    }
                });
    }

    /** Asks which sales there are, unless somebody has since Redis had its data last. */
    public CompletableFuture<Void> askForAll() {
        UUID marker = Ids.next();
        return known.lookUp(marker).thenAccept(answer -> askIf(answer, marker));
    }

    private void askIf(Hearsay answer, UUID marker) {
        if (answer == Hearsay.ASK) {
            log.warn("Redis does not know which sales there are: that is asked");
            var unused = ask(null, marker)
                    .thenCompose(
                            outcome -> outcome.refused() ? known.unasked() : CompletableFuture.completedFuture(0L));
        }
    }

    /** The answer to that. */
    public void on(SalesListed event) {
        Redis.await(known.listed(event.sales(), event.marker()));
    }

    private CompletableFuture<Outcome> ask(@Nullable UUID sale, UUID marker) {
        return queue.send(RecountCommand.KEY, marker.toString(), new RecountCommand(sale, marker));
    }
}
