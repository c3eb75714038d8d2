package shop.seckill.purchase;

import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.springframework.stereotype.Component;
import shop.events.OrderCancelled;
import shop.events.PurchaseRefused;
import shop.events.PurchaseSettled;
import shop.events.PurchasesOrdered;
import shop.events.SaleUnit;
import shop.messaging.UnprocessableMessageException;
import shop.seckill.redis.Redis;

/** Hears what became of the tickets. */
@Component
public final class Outcomes {
    private final Tickets tickets;
    private final Waiting waiting;

    Outcomes(Tickets tickets, Waiting waiting) {
        this.tickets = tickets;
        this.waiting = waiting;
    }

    public void on(PurchasesOrdered event) {
        List<Tickets.Ordered> orders = event.orders().stream()
                .map(one -> new Tickets.Ordered(ticket(event.sale(), one.ticket()), one.buyer(), one.order()))
                .toList();
        Redis.await(tickets.ordered(event.sale(), orders, event.left(), event.version()));
        orders.forEach(one -> waiting.heard(one.ticket()));
    }

    public void on(OrderCancelled event) {
        SaleUnit unit = event.saleUnit();
        if (unit != null) {
            Ticket ticket = ticket(unit.sale(), unit.ticket());
            settle(ticket, tickets.cancelled(ticket, "", event.order(), unit.left(), unit.version()));
        }
    }

    public void on(PurchaseRefused event) {
        Ticket ticket = ticket(event.sale(), event.ticket());
        settle(ticket, tickets.refused(ticket, event.buyer(), event.reason(), event.left(), event.version()));
    }

    public void on(PurchaseSettled event) {
        Ticket ticket = ticket(event.sale(), event.ticket());
        UUID order = event.order();
        if (order == null) {
            String reason = Objects.requireNonNullElse(event.reason(), "");
            settle(ticket, tickets.refused(ticket, event.buyer(), reason, event.left(), event.version()));
        } else if (event.cancelled()) {
            String buyer = event.buyer().toString();
            settle(ticket, tickets.cancelled(ticket, buyer, order, event.left(), event.version()));
        } else {
            List<Tickets.Ordered> one = List.of(new Tickets.Ordered(ticket, event.buyer(), order));
            settle(ticket, tickets.ordered(event.sale(), one, event.left(), event.version()));
        }
    }

    private void settle(Ticket ticket, CompletableFuture<?> script) {
        Redis.await(script);
        waiting.heard(ticket);
    }

    private static Ticket ticket(UUID sale, String text) {
        Ticket ticket;
        try {
            ticket = Ticket.of(text);
        } catch (IllegalArgumentException e) {
            throw new UnprocessableMessageException("There is no such ticket: " + text, e);
        }
        if (!ticket.sale().equals(sale)) {
            throw new UnprocessableMessageException("The ticket %s is not of the sale %s".formatted(text, sale));
        }
        return ticket;
    }
}
