package shop.events;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What became of a ticket, told again to who asked for it a second time: they had not heard of it, or lost what they
 * heard. Of use to them alone, since {@code purchases.ordered}, {@code order.cancelled} or {@code purchase.refused} told it
 * before.
 *
 * @param order the one that the ticket became; none where it was refused
 * @param cancelled whether that order was given up since
 * @param reason why the ticket was refused; none where it became an order
 * @param left of the sale, as of {@code version}
 */
public record PurchaseSettled(
        UUID eventId,
        Instant occurredAt,
        String ticket,
        UUID sale,
        UUID buyer,
        @Nullable UUID order,
        boolean cancelled,
        @Nullable String reason,
        int left,
        long version)
        implements Event {
    public static final String KEY = "purchase.settled";

    @Override
    public String routingKey() {
        return KEY;
    }

    @Override
    public String aggregate() {
        return ticket;
    }
}
