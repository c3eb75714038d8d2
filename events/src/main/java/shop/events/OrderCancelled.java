package shop.events;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** An order was given up before it was paid; its units are free again. */
public record OrderCancelled(
        UUID eventId,
        Instant occurredAt,
        UUID order,
        Recipient recipient,
        String reason,
        @Nullable SaleUnit saleUnit) implements Event {
    public static final String KEY = "order.cancelled";

    @Override
    public String routingKey() {
        return KEY;
    }

    @Override
    public String aggregate() {
        return order.toString();
    }
}
