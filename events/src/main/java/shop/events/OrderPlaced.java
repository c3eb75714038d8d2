package shop.events;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** An order was taken and its units are set aside until {@code payBefore}. */
public record OrderPlaced(
        UUID eventId,
        Instant occurredAt,
        UUID order,
        UUID customer,
        Recipient recipient,
        List<Line> lines,
        Money total,
        Instant payBefore,
        @Nullable SaleUnit saleUnit)
        implements Event {
    public static final String KEY = "order.placed";

    @Override
    public String routingKey() {
        return KEY;
    }

    @Override
    public String aggregate() {
        return order.toString();
    }
}
