package shop.events;

import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** An order was paid and may be shipped to {@code address}. */
public record OrderPaid(
        UUID eventId,
        Instant occurredAt,
        UUID order,
        Recipient recipient,
        List<Line> lines,
        Money total,
        Address address)
        implements Event {
    public static final String KEY = "order.paid";

    @Override
    public String routingKey() {
        return KEY;
    }

    @Override
    public String aggregate() {
        return order.toString();
    }
}
