package shop.playground.client;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One buyer's way through the flash sale: asks until the answer is definite, as every decent client does. */
public final class Rush {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration TICKET_POLL = Duration.ofMillis(250);

    private final Api gateway;
    private final String sale;
    private final long deadline = System.nanoTime() + PATIENCE.toNanos();

    public Rush(Api gateway, String sale) {
        this.gateway = gateway;
        this.sale = sale;
    }

    public CompletableFuture<Outcome> buy(Buyer buyer) {
        return new Attempt(gateway.withToken(buyer.token())).purchase();
    }

    private final class Attempt {

        private final Api api;
        private final AtomicInteger shed = new AtomicInteger();
        private final AtomicInteger taken = new AtomicInteger();
        private final AtomicInteger unconfirmed = new AtomicInteger();
        private final AtomicInteger away = new AtomicInteger();

        Attempt(Api api) {
            this.api = api;
        }

        CompletableFuture<Outcome> purchase() {
            return api.postAsync("/sales/" + sale + "/purchases")
                    .thenCompose(this::judge)
                    .exceptionallyCompose(failure -> {
                        // No answer may mean yes: the same request finds the ticket if there is one.
                        away.incrementAndGet();
                        return retry(failure, this::purchase);
                    });
        }

        private CompletableFuture<Outcome> judge(Answer answer) {
            return switch (answer.status()) {
                case 202 -> ticket(answer.text("ticket"));
                case 410 -> gone(answer.body().path("ticket").asText(""));
                case 503 -> {
                    switch (answer.problem()) {
                        case "shed" -> shed.incrementAndGet();
                        case "spoken-for" -> taken.incrementAndGet();
                        case "unconfirmed" -> unconfirmed.incrementAndGet();
                        default -> away.incrementAndGet();
                    }
                    yield later(answer.retryAfter(), this::purchase);
                }
                default ->
                    throw new UnexpectedException(
                            answer.request() + " answered " + answer.status() + ": " + answer.body());
            };
        }

        /** Nothing is left; but an answer that got lost before may have been a yes: then the refusal names the ticket. */
        private CompletableFuture<Outcome> gone(String ownTicket) {
            return ownTicket.isEmpty()
                    ? settled(Outcome.Kind.SOLD_OUT, null)
                    : ticket(ownTicket.substring(ownTicket.lastIndexOf('/') + 1));
        }

        private CompletableFuture<Outcome> ticket(String ticket) {
            return api.getAsync("/purchases/" + ticket)
                    .thenCompose(answer -> follow(ticket, answer))
                    .exceptionallyCompose(failure -> retry(failure, () -> ticket(ticket)));
        }

        private CompletableFuture<Outcome> follow(String ticket, Answer answer) {
            if (answer.status() == 503) {
                return later(answer.retryAfter(), () -> ticket(ticket));
            }
            String state = answer.expect(200).text("state");
            return switch (state) {
                case "ORDERED" -> settled(Outcome.Kind.ORDERED, answer.text("order"));
                case "REFUSED" -> settled(Outcome.Kind.REFUSED, null);
                default -> later(TICKET_POLL, () -> ticket(ticket));
            };
        }

        private CompletableFuture<Outcome> retry(Throwable failure, Supplier<CompletableFuture<Outcome>> step) {
            Throwable cause =
                    failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
            return cause instanceof IOException
                    ? later(Duration.ofSeconds(1), step)
                    : CompletableFuture.failedFuture(cause);
        }

        private CompletableFuture<Outcome> later(Duration pause, Supplier<CompletableFuture<Outcome>> step) {
            if (System.nanoTime() + pause.toNanos() > deadline) {
                return settled(Outcome.Kind.UNSETTLED, null);
            }
            return CompletableFuture.runAsync(
                            () -> {}, CompletableFuture.delayedExecutor(pause.toMillis(), TimeUnit.MILLISECONDS))
                    .thenCompose(nothing -> step.get());
        }

        private CompletableFuture<Outcome> settled(Outcome.Kind kind, @Nullable String order) {
            return CompletableFuture.completedFuture(
                    new Outcome(kind, shed.get(), taken.get(), unconfirmed.get(), away.get(), order));
        }
    }
}
