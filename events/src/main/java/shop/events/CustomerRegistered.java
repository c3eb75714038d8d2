package shop.events;

import java.time.Instant;
import java.util.UUID;

/** Somebody opened an account. */
public record CustomerRegistered(UUID eventId, Instant occurredAt, UUID customer, Recipient recipient)
        implements Event {
    public static final String KEY = "customer.registered";

    @Override
    public String routingKey() {
        return KEY;
    }

    @Override
    public String aggregate() {
        return customer.toString();
    }
}
