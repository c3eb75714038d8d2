package shop.events;

import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * Purchases of one sale that became orders in one transaction. For those who keep the sale's tickets: to them, one message
 * for all costs a fraction of one for each. Everybody else hears of each order ({@link OrderPlaced}).
 *
 * @param left of the sale, as of {@code version}
 */
public record PurchasesOrdered(
        UUID eventId, Instant occurredAt, UUID sale, List<OrderedTicket> orders, int left, long version)
        implements Event {
    public static final String KEY = "purchases.ordered";

    @Override
    public String routingKey() {
        return KEY;
    }

    @Override
    public String aggregate() {
        return sale.toString();
    }
}
