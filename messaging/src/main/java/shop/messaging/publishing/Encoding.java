package shop.messaging.publishing;

import com.rabbitmq.client.AMQP.BasicProperties;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.rabbit.support.DefaultMessagePropertiesConverter;
import org.springframework.amqp.rabbit.support.MessagePropertiesConverter;

/**
 * Tries a message's encoding before it touches a channel. A channel gives a message its number before it encodes it:
 * when that fails, the client's numbers run ahead of the broker's, and each later confirm settles the wrong message.
 */
final class Encoding {
    private static final int MAX_SHORT_STRING = 255;

    /** The usual {@code frame_max} of 128 KiB, without what Spring adds. */
    private static final int MAX_HEADERS = 127 * 1024;

    private static final MessagePropertiesConverter PROPERTIES = new DefaultMessagePropertiesConverter();

    private Encoding() {}

    /**
     * Lets pass what the protocol can carry.
     *
     * @throws IllegalArgumentException for anything else
     */
    static void require(String exchange, String routingKey, Message message) {
        requireShort("exchange", exchange);
        requireShort("routing key", routingKey);
        BasicProperties properties =
                PROPERTIES.fromMessageProperties(message.getMessageProperties(), StandardCharsets.UTF_8.name());
        try {
            if (properties.toFrame(0, message.getBody().length).size() > MAX_HEADERS) {
                throw new IllegalArgumentException(
                        "The message's headers have more than %,d bytes".formatted(MAX_HEADERS));
            }
        } catch (IOException e) {
            throw new IllegalArgumentException("The message's properties cannot be encoded", e);
        }
    }

    private static void requireShort(String what, String text) {
        if (text.getBytes(StandardCharsets.UTF_8).length > MAX_SHORT_STRING) {
            throw new IllegalArgumentException("The %s has more than %d bytes".formatted(what, MAX_SHORT_STRING));
        }
    }
}
