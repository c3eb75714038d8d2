package shop.events;

import java.time.Instant;
import java.util.UUID;

/** A flash sale was set up: {@code allotment} units were taken out of the product's stock. */
public record SaleAnnounced(
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
    public static final String KEY = "sale.announced";

    @Override
    public String routingKey() {
        return KEY;
    }

    @Override
    public String aggregate() {
        return sale.toString();
    }
}
