package shop.messaging.outbox;

import java.time.Instant;
import java.util.UUID;

/**
 * A message to publish on the topic exchange once the surrounding transaction commits.
 *
 * @param id identifies it for ever, as the AMQP property {@code message_id}
 * @param routingKey the key it is routed by, which is also its type; at most 255 bytes
 * @param aggregate what it is about: messages of one aggregate are published in the order of their appending; at most
 *     255 bytes, since it is also the AMQP property {@code correlation_id}
 * @param body written as JSON, at most {@value #MAX_BODY_BYTES} bytes
 */
public record OutboxMessage(UUID id, Instant occurredAt, String routingKey, String aggregate, Object body) {
    /** An oversized publish would close the channel and take the messages in flight beside it down. */
    public static final int MAX_BODY_BYTES = 1024 * 1024;
}
