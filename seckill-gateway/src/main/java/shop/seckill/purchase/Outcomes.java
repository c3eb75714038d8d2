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

    Outcomes(Tickets tickets) {
        this.tickets = tickets;
    }

    public void on(OrderPlaced event) {
        SaleUnit unit = event.saleUnit();
        if (unit != null) {
            tickets.ordered(ticket(unit.sale(), unit.ticket()), event.customer(), event.order(), unit)
                    .join();
        }
    }

    public void on(OrderCancelled event) {
        SaleUnit unit = event.saleUnit();
        if (unit != null) {
            tickets.cancelled(ticket(unit.sale(), unit.ticket()), event.order(), unit)
                    .join();
        }
    }

    public void on(PurchaseRefused event) {
        tickets.refused(
                        ticket(event.sale(), event.ticket()),
                        event.buyer(),
                        event.reason(),
                        event.left(),
                        event.version())
                .join();
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
