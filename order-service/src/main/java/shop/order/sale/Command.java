package shop.order.sale;

import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import shop.events.PurchaseCommand;
import shop.events.RecountCommand;
import shop.messaging.UnprocessableMessageException;

/** What comes through the capped queue, in the order in which it is to be done. */
sealed interface Command {

    /** The sale that it is about; none where it is about no one of them. */
    @Nullable
    UUID sale();

    /**
     * One unit for a buyer.
     *
     * @param attempt more than 1 where the gateway has not heard what became of it, or lost it
     * @param trace the headers by which what becomes of it belongs to the trace of the buyer's request
     */
    record Buy(String ticket, UUID sale, UUID buyer, int attempt, Map<String, String> trace) implements Command {
        private static final String ID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}";
        private static final Pattern TICKET = Pattern.compile(ID + "\\." + ID);

        static Buy of(PurchaseCommand command, Map<String, String> trace) {
            String ticket = command.ticket();
            if (!TICKET.matcher(ticket).matches() || !ticket.startsWith(command.sale() + ".")) {
                throw new UnprocessableMessageException("This is no ticket of the sale: " + ticket);
            }
            return new Buy(ticket, command.sale(), command.buyer(), command.attempt(), trace);
        }
    }

    /** The end of a sale: what was queued before it counts, and nothing after it. */
    record Close(UUID sale) implements Command {
        /** The message's type. */
        static final String TYPE = "sale.close";
    }

    /** Somebody wants to know what is left of a sale, after what was queued before, or which sales are open. */
    record Recount(@Nullable UUID sale, UUID marker) implements Command {

        static Recount of(RecountCommand command) {
            return new Recount(command.sale(), command.marker());
        }
    }
}
