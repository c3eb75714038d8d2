package shop.seckill.purchase;

import java.util.UUID;
import org.springframework.stereotype.Component;
import shop.events.OrderCancelled;
import shop.events.OrderPlaced;
import shop.events.PurchaseRefused;
import shop.events.SaleUnit;
import shop.messaging.UnprocessableMessageException;

/** Hears what became of the tickets. */
@Component
public final class Outcomes {
    private final Tickets tickets;
    private final Waiting waiting;

    Outcomes(Tickets tickets, Waiting waiting) {
        this.tickets = tickets;
        this.waiting = waiting;
    }

    public void on(OrderPlaced event) {
        SaleUnit unit = event.saleUnit();
        if (unit != null) {
            Ticket ticket = ticket(unit.sale(), unit.ticket());
            tickets.ordered(ticket, event.customer(), event.order(), unit).join();
            waiting.heard(ticket);
        }
    }

    public void on(OrderCancelled event) {
        SaleUnit unit = event.saleUnit();
        if (unit != null) {
            Ticket ticket = ticket(unit.sale(), unit.ticket());
            tickets.cancelled(ticket, event.order(), unit).join();
            waiting.heard(ticket);
        }
    }

    public void on(PurchaseRefused event) {
        Ticket ticket = ticket(event.sale(), event.ticket());
        tickets.refused(ticket, event.buyer(), event.reason(), event.left(), event.version())
                .join();
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
