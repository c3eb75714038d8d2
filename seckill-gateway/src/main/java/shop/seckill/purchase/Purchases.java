package shop.seckill.purchase;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import shop.messaging.publishing.Outcome;
import shop.messaging.publishing.Traces;
import shop.seckill.SeckillProperties;
import shop.seckill.purchase.Answer.Kind;
import shop.seckill.sale.Recounts;
import shop.seckill.sale.SoldOut;

/**
 * Admits a buyer, queues the purchase, and says which of it is certain. No thread waits: every step goes on when the
 * answer to the one before is there.
 */
@Component
final class Purchases {
    private static final Logger log = LoggerFactory.getLogger(Purchases.class);

    private final SoldOut soldOut;
    private final Tickets tickets;
    private final QueuedTickets queued;
    private final Recounts recounts;
    private final PurchaseQueue queue;
    private final Traces traces;
    private final Duration confirmTimeout;
    private final Map<Kind, Counter> counters;

    Purchases(
            SoldOut soldOut,
            Tickets tickets,
            QueuedTickets queued,
            Recounts recounts,
            PurchaseQueue queue,
            Traces traces,
            SeckillProperties properties,
            MeterRegistry metrics) {
        this.soldOut = soldOut;
        this.tickets = tickets;
        this.queued = queued;
        this.recounts = recounts;
        this.queue = queue;
        this.traces = traces;
        this.confirmTimeout = properties.confirmTimeout();
        this.counters = Arrays.stream(Kind.values())
                .collect(Collectors.toMap(
                        kind -> kind,
                        kind -> Counter.builder("seckill.answers")
                                .description("What buyers were told")
                                .tag("outcome", kind.tag())
                                .register(metrics)));
    }

    /** Whether the answer is known without asking anybody, and given herewith: nothing is left. */
    boolean soldOut(UUID sale) {
        boolean over = soldOut.is(sale);
        if (over) {
            count(Kind.SOLD_OUT);
        }
        return over;
    }

    /** Buys one unit of the sale for the buyer. Never completes exceptionally. */
    CompletableFuture<Answer> buy(UUID sale, UUID buyer) {
        return admit(sale, buyer)
                .exceptionally(failure -> {
                    log.debug("A purchase could not be served", failure); // many at a time: the metric tells
                    return Answer.of(Kind.UNAVAILABLE);
                })
                .thenApply(answer -> {
                    count(answer.kind());
                    return answer;
                });
    }

    private void count(Kind kind) {
        Objects.requireNonNull(counters.get(kind)).increment();
    }

    private CompletableFuture<Answer> admit(UUID sale, UUID buyer) {
        Ticket ticket = Ticket.next(sale);
        return tickets.admit(ticket, buyer)
                .whenComplete((admission, failure) -> {
                    if (failure != null) {
                        // The script may have run without our hearing of it. Nothing was published for this ticket,
                        // unless by the reconciler, which then took another attempt: so it may be taken back. Should
                        // that fail too, the buyer's next try finds it, or the reconciler.
                        var unused = tickets.release(ticket);
                    }
                })
                .thenCompose(traces.carry(admission -> switch (admission.verdict()) {
                    case ADMITTED -> queue(ticket, buyer);
                    case HELD -> held(Objects.requireNonNull(admission.held()));
                    case SOLD_OUT -> {
                        soldOut.tell(sale);
                        yield completed(Answer.of(Kind.SOLD_OUT));
                    }
                    case TAKEN -> completed(Answer.of(Kind.TAKEN));
                    case NOT_OPEN -> completed(Answer.notOpen(admission.opens()));
                    case CLOSED -> completed(Answer.of(Kind.CLOSED));
                    case RECOUNTING -> completed(Answer.of(Kind.RECOUNTING));
                    case UNKNOWN ->
                        recounts.mayExist(sale)
                                .thenApply(possible -> Answer.of(possible ? Kind.RECOUNTING : Kind.UNKNOWN_SALE));
                }));
    }

    /** The buyer holds a ticket already: the same answer as they got for it, or would have got. */
    private CompletableFuture<Answer> held(Ticket ticket) {
        return tickets.find(ticket)
                .thenApply(found -> found.map(Tickets.Entry::state)
                        .filter(state -> state == TicketState.QUEUED || state == TicketState.ORDERED)
                        .map(state -> Answer.accepted(Kind.REPEATED, ticket, state))
                        .orElseGet(() -> Answer.of(Kind.UNCONFIRMED, ticket)));
    }

    private CompletableFuture<Answer> queue(Ticket ticket, UUID buyer) {
        CompletableFuture<Outcome> published = queue.publish(new Tickets.Attempt(ticket, buyer, 1));
        // The ticket learns of the broker's answer even when the buyer waits for it no more.
        CompletableFuture<Answer> noted = published.thenCompose(outcome -> note(ticket, outcome));
        return published
                .copy()
                .completeOnTimeout(Outcome.UNKNOWN, confirmTimeout.toMillis(), TimeUnit.MILLISECONDS)
                .thenCompose(
                        outcome -> outcome == Outcome.UNKNOWN ? completed(Answer.of(Kind.UNCONFIRMED, ticket)) : noted);
    }

    /**
     * A purchase that is in the queue will be settled, whatever Redis makes of the note, and however long it takes. One
     * that the broker refused is nothing only once its ticket is released: else it is tried again, or was so already by
     * somebody else.
     */
    private CompletableFuture<Answer> note(Ticket ticket, Outcome outcome) {
        if (outcome == Outcome.CONFIRMED) {
            Answer accepted = Answer.accepted(Kind.ACCEPTED, ticket, TicketState.QUEUED);
            return noteFailure(queued.add(ticket), "queued", ticket)
                    .copy()
                    .completeOnTimeout(null, confirmTimeout.toMillis(), TimeUnit.MILLISECONDS)
                    .handle((done, failure) -> accepted);
        }
        if (outcome.refused()) {
            return noteFailure(tickets.release(ticket), "release", ticket)
                    .handle((released, failure) ->
                            failure == null && released ? Answer.of(Kind.SHED) : Answer.of(Kind.UNCONFIRMED, ticket));
        }
        return completed(Answer.of(Kind.UNCONFIRMED, ticket));
    }

    private static <T> CompletableFuture<T> noteFailure(CompletableFuture<T> change, String what, Ticket ticket) {
        return change.whenComplete((done, failure) -> {
            if (failure != null) {
                // many at a time, and the reconciler sees to them
                log.debug("The ticket {} stays as it is, {} was not heard", ticket, what, failure);
            }
        });
    }

    private static CompletableFuture<Answer> completed(Answer answer) {
        return CompletableFuture.completedFuture(answer);
    }
}
