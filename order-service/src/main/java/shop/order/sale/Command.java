package shop.order.sale;

import java.util.UUID;
import shop.events.PurchaseCommand;
import shop.messaging.UnprocessableMessageException;

/** What comes through the capped queue, in the order in which it is to be done. */
sealed interface Command {

    UUID sale();

    /** One unit for a buyer. */
    record Buy(String ticket, UUID sale, UUID buyer) implements Command {
        private static final int TICKET_LENGTH = 73;

        static Buy of(PurchaseCommand command) {
            String ticket = command.ticket();
            if (ticket.length() != TICKET_LENGTH
                    || !ticket.matches("[0-9a-f.-]+")
                    || !ticket.startsWith(command.sale() + ".")) {
                throw new UnprocessableMessageException("This is no ticket of the sale: " + ticket);
            }
            return new Buy(ticket, command.sale(), command.buyer());
        }
    }

    /** The end of a sale: what was queued before it counts, and nothing after it. */
    record Close(UUID sale) implements Command {
        /** The message's type. */
        static final String TYPE = "sale.close";
    }
}
