package shop.events;

import java.time.Instant;
import java.util.UUID;

/** A ticket did not become an order; {@code left} and {@code version} are the sale's at that moment. */
public record PurchaseRefused(
        UUID eventId, Instant occurredAt, String ticket, UUID sale, UUID buyer, String reason, int left, long version)
        implements Event {
    public static final String KEY = "purchase.refused";

    @Override
    public String routingKey() {
        return KEY;
    }

    @Override
    public String aggregate() {
        return ticket;
    }
}
