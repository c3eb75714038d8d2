package shop.events;

import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * The sales that are open, because somebody asked; what is left of each is asked for by itself ({@link SaleCounted}).
 *
 * @param marker the question's
 */
public record SalesListed(UUID eventId, Instant occurredAt, List<OpenSale> sales, UUID marker) implements Event {
    public static final String KEY = "sales.listed";

    @Override
    public String routingKey() {
        return KEY;
    }

    @Override
    public String aggregate() {
        return marker.toString();
    }
}
