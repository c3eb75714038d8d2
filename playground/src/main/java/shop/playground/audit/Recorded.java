package shop.playground.audit;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.GetResponse;
import java.nio.charset.StandardCharsets;

/**
 * An event as it came to the exchange.
 *
 * @param id the event's id; a repetition has the same
 * @param publisher the service that published it
 * @param key the routing key, which is its type
 * @param aggregate what it happened to
 */
public record Recorded(String id, String publisher, String key, String aggregate, String body) {

    static Recorded of(GetResponse message) {
        BasicProperties properties = message.getProps();
        return new Recorded(
                String.valueOf(properties.getMessageId()),
                String.valueOf(properties.getAppId()),
                message.getEnvelope().getRoutingKey(),
                String.valueOf(properties.getCorrelationId()),
                new String(message.getBody(), StandardCharsets.UTF_8));
    }
}
