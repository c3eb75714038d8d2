package shop.playground.client;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Buyers who come to the flash sale one by one, and have some time. */
public final class Rush {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final List<Api> gateways;
    private final String sale;
    private final long deadline;
    private final Consumer<Answer> heard;
    private final AtomicInteger turn = new AtomicInteger();

    /** Through one gateway, for a minute from now on. */
    public Rush(Api gateway, String sale) {
        this(List.of(gateway), sale, PATIENCE, answer -> {});
    }

    /**
     * Through several gateways in turn, as behind a load balancer.
     *
     * @param patience how long from now on they have
     * @param heard is told each answer to a click, by any thread
     */
    public Rush(List<Api> gateways, String sale, Duration patience, Consumer<Answer> heard) {
        this.gateways = gateways;
        this.sale = sale;
        this.deadline = System.nanoTime() + patience.toNanos();
        this.heard = heard;
    }

    /** Completes when the answer is definite, or the time over. */
    public CompletableFuture<Outcome> buy(Buyer buyer) {
        return ask(new Purchase(sale, buyer));
    }

    private CompletableFuture<Outcome> ask(Purchase purchase) {
        Api gateway = gateways.get(Math.floorMod(turn.getAndIncrement(), gateways.size()));
        return gateway.send(purchase.request())
                .handle((answer, failure) -> answer == null ? unheard(purchase, failure) : heard(purchase, answer))
                .thenCompose(pause -> purchase.settled() || System.nanoTime() + pause.toNanos() > deadline
                        ? CompletableFuture.completedFuture(purchase.outcome())
                        : later(pause, purchase));
    }

    private Duration heard(Purchase purchase, Answer answer) {
        if (!purchase.clicked()) {
            heard.accept(answer);
        }
        return purchase.heard(answer);
    }

    private static Duration unheard(Purchase purchase, @Nullable Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof IOException) {
            return purchase.unheard();
        }
        throw new CompletionException(cause);
    }

    private CompletableFuture<Outcome> later(Duration pause, Purchase purchase) {
        return CompletableFuture.runAsync(
                        () -> {}, CompletableFuture.delayedExecutor(pause.toMillis(), TimeUnit.MILLISECONDS))
                .thenCompose(nothing -> ask(purchase));
    }
}
