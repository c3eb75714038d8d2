package shop.messaging.outbox;

import java.time.Instant;
import java.util.Map;
import java.util.UUID;

/**
 * A message to publish on the topic exchange once the surrounding transaction commits.
 *
 * @param id identifies it for ever, as the AMQP property {@code message_id}
 * @param routingKey the key it is routed by, which is also its type; at most 255 bytes
 * @param aggregate what it is about: messages of one aggregate are published in the order of their appending; at most
 *     255 bytes, since it is also the AMQP property {@code correlation_id}
 * @param body written as JSON, at most {@value #MAX_BODY_BYTES} bytes
 * @param headers what travels with the message besides its properties; where there is nothing, the trace in which it is
 *     appended
 */
public record OutboxMessage(
        UUID id, Instant occurredAt, String routingKey, String aggregate, Object body, Map<String, String> headers) {
    /** An oversized publish would close the channel and take the messages in flight beside it down. */
    public static final int MAX_BODY_BYTES = 1024 * 1024;

    /** A message of the trace in which it is appended. */
    public OutboxMessage(UUID id, Instant occurredAt, String routingKey, String aggregate, Object body) {
        this(id, occurredAt, routingKey, aggregate, body, Map.of());
    }

    /** The same with these headers: those of an earlier trace, say, when one transaction does the work of many. */
    public OutboxMessage with(Map<String, String> headers) {
        return new OutboxMessage(id, occurredAt, routingKey, aggregate, body, headers);
    }
}
