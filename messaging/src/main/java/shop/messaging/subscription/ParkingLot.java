package shop.messaging.subscription;

import org.springframework.amqp.core.Queue;
import org.springframework.amqp.core.QueueBuilder;

/** Where messages wait for an operator that nothing else can help. */
public final class ParkingLot {
    /**
     * Parked messages may be looked at as often as somebody likes. From 4.0 a quorum queue without a limit has one of
     * 20, and would drop what was looked at more often; 3.10 takes no word for "none".
     *
     * @see <a href="https://www.rabbitmq.com/docs/quorum-queues#position-queue-type">Delivery limit</a>
     */
    private static final int NO_DELIVERY_LIMIT = Integer.MAX_VALUE;

    private ParkingLot() {}

    /** A parking lot of this name. */
    public static Queue named(String queue) {
        return QueueBuilder.durable(queue)
                .quorum()
                .deliveryLimit(NO_DELIVERY_LIMIT)
                .build();
    }
}
