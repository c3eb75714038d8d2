package shop.messaging.outbox;

import java.util.Collection;
import java.util.List;

/**
 * Where a service leaves its events, in the transaction of the change that they tell of. A relay publishes each until
 * the broker has confirmed it: at least once, in order per aggregate, however long the broker is away. The message
 * carries the trace in which it was appended, unless it has headers of its own.
 */
public interface Outbox {

    /**
     * Stores messages in the current transaction. Lock the aggregate's row first (by updating it, say): two
     * transactions on one aggregate then take their places in the outbox in the order in which they commit.
     *
     * @throws IllegalStateException when there is no transaction
     * @throws IllegalArgumentException when a message could never be sent: its key or its aggregate is longer than 255
     *     bytes, or its body is larger than {@value OutboxMessage#MAX_BODY_BYTES} bytes or cannot be written as JSON
     */
    void append(Collection<OutboxMessage> messages);

    /** Stores one message, as {@link #append(Collection)} does. */
    default void append(OutboxMessage message) {
        append(List.of(message));
    }
}
