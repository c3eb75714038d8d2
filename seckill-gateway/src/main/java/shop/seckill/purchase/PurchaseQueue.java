package shop.seckill.purchase;

import java.util.concurrent.CompletableFuture;
import org.springframework.stereotype.Component;
import shop.events.PurchaseCommand;
import shop.messaging.publishing.Outcome;
import shop.seckill.broker.CommandQueue;

/** Publishes purchases. */
@Component
final class PurchaseQueue {
    private final CommandQueue queue;

    PurchaseQueue(CommandQueue queue) {
        this.queue = queue;
    }

    /** Publishes an attempt, which the caller alone has. Never completes exceptionally. */
    CompletableFuture<Outcome> publish(Tickets.Attempt attempt) {
        Ticket ticket = attempt.ticket();
        return queue.send(
                PurchaseCommand.KEY,
                ticket.toString(),
                new PurchaseCommand(
                        ticket.toString(), ticket.sale(), attempt.buyer(), attempt.number(), ticket.madeAt()));
    }
}
