package shop.events;

import java.time.Instant;
import java.util.UUID;

/** The units of a product that can be ordered changed; the higher version is the later truth. */
public record ProductStockChanged(UUID eventId, Instant occurredAt, UUID product, int available, long version)
        implements Event {
    public static final String KEY = "product.stock-changed";

    @Override
    public String routingKey() {
        return KEY;
    }

    @Override
    public String aggregate() {
        return product.toString();
    }
}
