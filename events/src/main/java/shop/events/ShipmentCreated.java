package shop.events;

import java.time.Instant;
import java.util.UUID;

/** A paid order became a shipment at a depot. */
public record ShipmentCreated(
        UUID eventId, Instant occurredAt, UUID order, UUID shipment, String depot, Recipient recipient, Instant at)
        implements Event {
    public static final String KEY = "shipment.created";

    @Override
    public String routingKey() {
        return KEY;
    }

    @Override
    public String aggregate() {
        return order.toString();
    }
}
