package shop.seckill.sale;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import shop.events.RecountCommand;
import shop.messaging.Ids;
import shop.messaging.publishing.Outcome;
import shop.seckill.SeckillProperties;
import shop.seckill.broker.CommandQueue;
import shop.seckill.redis.Redis;
import shop.seckill.redis.Script;

/**
 * Asks the order service for what Redis does not know (any more). The question goes through the capped queue; its answer
 * is an event, which {@link Sales} hears.
 */
@Component
public final class Recounts {
    /** Whether all sales were asked for since Redis had its data last. It lies in a slot of its own. */
    private static final String ASKED = "seckill:asked";

    /** For the broker to confirm that question, and then for the answers, which usually take milliseconds. */
    private static final String ALL_TOLD_AFTER =
            String.valueOf(Duration.ofSeconds(5).toMillis());

    private static final Logger log = LoggerFactory.getLogger(Recounts.class);
    private static final Script RECOUNT = Script.named("recount");
    private static final Script ASK = Script.named("ask");

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
        return known.has(sale)
                ? begin(sale).thenApply(begun -> true)
                : askForAll().thenApply(answer -> !answer.equals("KNOWN"));
    }

    /** Asks what is left of a sale, unless Redis knows or somebody asked already. Not waiting for an answer. */
    public CompletableFuture<Void> begin(UUID sale) {
        String key = SaleKeys.of(sale).sale();
        UUID marker = Ids.next();
        return redis.run(RECOUNT, List.of(key), marker.toString(), patience, keep)
                .thenAccept(answer -> {
                    if (answer.get(0).equals("ASK")) {
                        log.warn("Redis does not know the sale {}: it is counted anew", sale);
                        var unused = ask(sale, marker)
                                .thenCompose(outcome -> outcome.refused()
                                        ? redis.call(commands -> commands.hdel(key, "asked"))
                                        : CompletableFuture.completedFuture(0L));
                    }
                });
    }

    /** Asks which sales there are, unless somebody has since Redis had its data last. */
    public CompletableFuture<String> askForAll() {
        return ask("LOOK").thenApply(answer -> {
            if (answer.equals("ASK")) {
                log.warn("Redis does not know which sales there are: all are asked for");
                var unused = ask(null, Ids.next()).thenCompose(outcome -> switch (outcome) {
                    case CONFIRMED -> ask("CONFIRMED");
                    case UNKNOWN -> CompletableFuture.completedFuture("ASKED"); // again when its time is over
                    default -> redis.call(commands -> commands.del(ASKED)).thenApply(String::valueOf);
                });
            }
            return answer;
        });
    }

    private CompletableFuture<String> ask(String step) {
        return redis.run(ASK, List.of(ASKED), step, ALL_TOLD_AFTER).thenApply(answer -> answer.get(0));
    }

    private CompletableFuture<Outcome> ask(@Nullable UUID sale, UUID marker) {
        return queue.send(RecountCommand.KEY, marker.toString(), new RecountCommand(sale, marker));
    }
}
