package shop.events;

import java.time.Instant;
import java.util.UUID;

/** A flash sale ended, everything queued for it is settled, and its unsold units are back in the product's stock. */
public record SaleClosed(
        UUID eventId,
        Instant occurredAt,
        UUID sale,
        UUID product,
        Money price,
        Instant opens,
        Instant closes,
        int allotment,
        int left,
        long version)
        implements Event {
    public static final String KEY = "sale.closed";

    @Override
    public String routingKey() {
        return KEY;
    }

    @Override
    public String aggregate() {
        return sale.toString();
    }
}
