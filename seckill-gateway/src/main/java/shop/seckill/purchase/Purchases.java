package shop.seckill.purchase;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Date;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageBuilder;
import org.springframework.amqp.core.MessageDeliveryMode;
import org.springframework.amqp.core.MessageProperties;
import org.springframework.stereotype.Component;
import shop.events.PurchaseCommand;
import shop.messaging.MessageJson;
import shop.messaging.publishing.Outcome;
import shop.seckill.SeckillProperties;
import shop.seckill.broker.BrokerLink;
import shop.seckill.purchase.Answer.Kind;
import shop.seckill.sale.SoldOut;

/**
 * Admits a buyer, queues the purchase, and says which of it is certain. No thread waits: every step goes on when the
 * answer to the one before is there.
 */
@Component
final class Purchases {
    private static final Logger log = LoggerFactory.getLogger(Purchases.class);
    private static final String APP_ID = "seckill-gateway";

    private final SoldOut soldOut;
    private final Tickets tickets;
    private final BrokerLink broker;
    private final MessageJson json;
    private final Duration confirmTimeout;
    private final Map<Kind, Counter> counters;

    Purchases(
            SoldOut soldOut,
            Tickets tickets,
            BrokerLink broker,
            MessageJson json,
            SeckillProperties properties,
            MeterRegistry metrics) {
        this.soldOut = soldOut;
        this.tickets = tickets;
        this.broker = broker;
        this.json = json;
        this.confirmTimeout = properties.confirmTimeout();
        this.counters = Arrays.stream(Kind.values())
                .collect(Collectors.toMap(
                        kind -> kind,
                        kind -> Counter.builder("seckill.answers")
                                .description("What buyers were told")
                                .tag("outcome", kind.tag())
                                .register(metrics)));
    }

    /** Buys one unit of the sale for the buyer. Never completes exceptionally. */
    CompletableFuture<Answer> buy(UUID sale, UUID buyer) {
        CompletableFuture<Answer> answer = soldOut.is(sale) ? nothingLeft(sale, buyer) : admit(sale, buyer);
        return answer.exceptionally(failure -> {
                    log.debug("A purchase could not be served", failure); // many at a time: the metric tells
                    return Answer.of(Kind.UNAVAILABLE);
                })
                .thenApply(told -> {
                    Objects.requireNonNull(counters.get(told.kind())).increment();
                    return told;
                });
    }

    /** Who comes too late may have been in time before. */
    private CompletableFuture<Answer> nothingLeft(UUID sale, UUID buyer) {
        return tickets.heldBy(buyer, sale)
                .thenApply(held -> Answer.of(Kind.SOLD_OUT, held.orElse(null)))
                .exceptionally(countsAway -> Answer.of(Kind.SOLD_OUT));
    }

    private CompletableFuture<Answer> admit(UUID sale, UUID buyer) {
        Ticket ticket = Ticket.next(sale);
        return tickets.admit(ticket, buyer)
                .whenComplete((admission, failure) -> {
                    if (failure != null) {
                        // The script may have run without our hearing of it. Nothing was published for this ticket,
                        // so it may be taken back; should that fail too, the buyer's next try finds it.
                        var unused = tickets.release(ticket);
                    }
                })
                .thenCompose(admission -> switch (admission.verdict()) {
                    case ADMITTED -> queue(ticket, buyer);
                    case HELD -> held(Objects.requireNonNull(admission.held()));
                    case SOLD_OUT -> {
                        soldOut.tell(sale);
                        yield completed(Answer.of(Kind.SOLD_OUT));
                    }
                    case TAKEN -> completed(Answer.of(Kind.TAKEN));
                    case NOT_OPEN -> completed(Answer.notOpen(admission.opens()));
                    case CLOSED -> completed(Answer.of(Kind.CLOSED, admission.held()));
                    case UNKNOWN -> completed(Answer.of(Kind.UNKNOWN_SALE));
                });
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
        CompletableFuture<Outcome> published =
                broker.publish(PurchaseCommand.EXCHANGE, PurchaseCommand.KEY, message(ticket, buyer));
        // The ticket learns of the broker's answer even when the buyer waits for it no more.
        CompletableFuture<Answer> noted = published.thenCompose(outcome -> note(ticket, outcome));
        return published
                .copy()
                .completeOnTimeout(Outcome.UNKNOWN, confirmTimeout.toMillis(), TimeUnit.MILLISECONDS)
                .thenCompose(
                        outcome -> outcome == Outcome.UNKNOWN ? completed(Answer.of(Kind.UNCONFIRMED, ticket)) : noted);
    }

    /** Whatever Redis makes of the note, the broker's answer is the buyer's. */
    private CompletableFuture<Answer> note(Ticket ticket, Outcome outcome) {
        if (outcome == Outcome.CONFIRMED) {
            Answer accepted = Answer.accepted(Kind.ACCEPTED, ticket, TicketState.QUEUED);
            return noteFailure(tickets.queued(ticket), "queued", ticket).handle((done, failure) -> accepted);
        }
        if (outcome.refused()) {
            Answer shed = Answer.of(Kind.SHED);
            return noteFailure(tickets.release(ticket), "release", ticket).handle((done, failure) -> shed);
        }
        return completed(Answer.of(Kind.UNCONFIRMED, ticket));
    }

    private static <T> CompletableFuture<T> noteFailure(CompletableFuture<T> change, String what, Ticket ticket) {
        return change.whenComplete((done, failure) -> {
            if (failure != null) {
                log.warn("The ticket {} stays as it is, {} was not heard: {}", ticket, what, failure.toString());
            }
        });
    }

    private Message message(Ticket ticket, UUID buyer) {
        Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        return MessageBuilder.withBody(json.write(new PurchaseCommand(ticket.toString(), ticket.sale(), buyer, 1, now)))
                .setContentType(MessageProperties.CONTENT_TYPE_JSON)
                .setMessageId(ticket.toString())
                .setCorrelationId(ticket.toString())
                .setType(PurchaseCommand.KEY)
                .setAppId(APP_ID)
                .setTimestamp(Date.from(now))
                .setDeliveryMode(MessageDeliveryMode.PERSISTENT)
                .build();
    }

    private static CompletableFuture<Answer> completed(Answer answer) {
        return CompletableFuture.completedFuture(answer);
    }
}
