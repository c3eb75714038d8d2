package shop.messaging.subscription;

import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.amqp.core.Queue;

/**
 * Where messages wait for an operator that nothing else can help. Declared by a service, as a bean or among
 * {@code Declarables}, it is at the endpoint {@code parked}, too.
 */
public final class ParkingLot extends Queue {
    /**
     * Parked messages may be looked at as often as somebody likes. From 4.0 a quorum queue without a limit has one of
     * 20, and would drop what was looked at more often; 3.10 takes no word for "none".
     *
     * @see <a href="https://www.rabbitmq.com/docs/quorum-queues#position-queue-type">Delivery limit</a>
     */
    private static final int NO_DELIVERY_LIMIT = Integer.MAX_VALUE;

    private final @Nullable WayBack wayBack;

    private ParkingLot(String queue, @Nullable WayBack wayBack) {
        super(queue, true, false, false, Map.of("x-queue-type", "quorum", "x-delivery-limit", NO_DELIVERY_LIMIT));
        this.wayBack = wayBack;
    }

    /** A parking lot of this name, whose messages can be looked at and discarded. */
    public static ParkingLot named(String queue) {
        return new ParkingLot(queue, null);
    }

    /** The same lot, whose messages can be replayed: published by that exchange, with that key. */
    public ParkingLot replayedBy(String exchange, String routingKey) {
        return new ParkingLot(getName(), new WayBack(exchange, routingKey));
    }

    /** How its messages get back to work; empty where nobody has said. */
    public Optional<WayBack> wayBack() {
        return Optional.ofNullable(wayBack);
    }

    /** A way to the queue in which the messages failed. */
    public record WayBack(String exchange, String routingKey) {}
}
