package shop.events;

import java.time.Instant;
import java.util.UUID;

/**
 * A sale was counted, because somebody asked: {@code left} and {@code version} are what everything that was queued before
 * the question came to.
 *
 * @param closed whether the sale is over
 * @param marker the question's
 */
public record SaleCounted(
        UUID eventId,
        Instant occurredAt,
        UUID sale,
        UUID product,
        Money price,
        Instant opens,
        Instant closes,
        boolean closed,
        int left,
        long version,
        UUID marker)
        implements Event {
    public static final String KEY = "sale.counted";

    @Override
    public String routingKey() {
        return KEY;
    }

    @Override
    public String aggregate() {
        return sale.toString();
    }
}
