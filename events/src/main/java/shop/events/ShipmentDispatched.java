package shop.events;

import java.time.Instant;
import java.util.UUID;

/** A shipment left its depot. */
public record ShipmentDispatched(
        UUID eventId, Instant occurredAt, UUID order, UUID shipment, String depot, Recipient recipient, Instant at)
        implements Event {
    public static final String KEY = "shipment.dispatched";

    @Override
    public String routingKey() {
        return KEY;
    }

    @Override
    public String aggregate() {
        return order.toString();
    }
}
