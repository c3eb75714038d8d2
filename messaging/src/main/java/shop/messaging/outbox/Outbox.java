package shop.messaging.outbox;

import java.util.Collection;
import java.util.List;

/**
 * Where a service leaves its events, in the transaction of the change that they tell of. A relay publishes each until
 * the broker has confirmed it: at least once, in order per aggregate, however long the broker is away.
 */
public interface Outbox {

    /**
     * Stores messages in the current transaction. Lock the aggregate's row first (by updating it, say): two
     * transactions on one aggregate then take their places in the outbox in the order in which they commit.
     *
     * @throws IllegalStateException when there is no transaction
     * @throws IllegalArgumentException when a message could never be sent: its key is longer than 255 bytes, or its
     *     body larger than {@value OutboxMessage#MAX_BODY_BYTES} bytes
     */
    void append(Collection<OutboxMessage> messages);

    /** Stores one message, as {@link #append(Collection)} does. */
    default void append(OutboxMessage message) {
        append(List.of(message));
    }
}
