package shop.messaging.parking;

import com.rabbitmq.client.GetResponse;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Base64;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageProperties;
import org.springframework.amqp.rabbit.support.DefaultMessagePropertiesConverter;
import shop.messaging.MessageJson;
import shop.messaging.UnprocessableMessageException;
import shop.messaging.subscription.FailureHeaders;
import tools.jackson.databind.JsonNode;

/**
 * A message in a parking lot, put there by the service after work that failed, or by the broker.
 *
 * @param behind how many there are behind it
 */
record ParkedMessage(Message message, long deliveryTag, long behind) {
    private static final DefaultMessagePropertiesConverter PROPERTIES =
            new DefaultMessagePropertiesConverter(Integer.MAX_VALUE); // a stack is long, and a text all the same

    static ParkedMessage of(GetResponse taken) {
        MessageProperties properties =
                PROPERTIES.toMessageProperties(taken.getProps(), taken.getEnvelope(), StandardCharsets.UTF_8.name());
        return new ParkedMessage(
                new Message(taken.getBody(), properties),
                taken.getEnvelope().getDeliveryTag(),
                taken.getMessageCount());
    }

    /** The message's own id; for one without, a digest of its body. */
    String id() {
        String id = properties().getMessageId();
        return id == null ? "sha256-" + HexFormat.of().formatHex(digest(message.getBody()), 0, 12) : id;
    }

    /** When it was made, as its publisher says. */
    @Nullable
    Instant timestamp() {
        Date timestamp = properties().getTimestamp();
        return timestamp == null ? null : timestamp.toInstant();
    }

    /** Since when it is known to have been there: it was made, or else failed, or else died. */
    @Nullable
    Instant since() {
        Instant made = timestamp();
        Instant failed = made == null ? firstFailed() : made;
        return failed == null ? died() : failed;
    }

    private @Nullable Instant firstFailed() {
        String time = text(FailureHeaders.FIRST_FAILED_AT);
        try {
            return time == null ? null : Instant.parse(time);
        } catch (DateTimeParseException notOurs) {
            return null;
        }
    }

    private @Nullable Instant died() {
        return brokersWord("time") instanceof Date time ? time.toInstant() : null;
    }

    Summary summary() {
        Instant died = died();
        return new Summary(
                id(),
                properties().getType(),
                timestamp(),
                properties().getHeaders().get(FailureHeaders.ATTEMPTS) instanceof Number attempts
                        ? attempts.intValue()
                        : null,
                reason(),
                text(FailureHeaders.FIRST_FAILED_AT),
                died == null ? text(FailureHeaders.LAST_FAILED_AT) : died.toString(),
                origin());
    }

    Whole whole(MessageJson json) {
        byte[] body = message.getBody();
        Object readable = readable(body, json);
        return new Whole(
                summary(),
                properties().getHeaders(),
                text(FailureHeaders.STACK),
                readable,
                readable == null ? Base64.getEncoder().encodeToString(body) : null);
    }

    private String reason() {
        Object death = brokersWord("reason");
        if (death == null) {
            String said = text(FailureHeaders.REASON);
            return said == null ? "unknown" : said;
        }
        // We strip this record from what we park ourselves, so here it is the broker that parked it.
        return death.toString().equals("delivery_limit")
                ? "delivered again and again without an answer: it takes the process down"
                : "parked by the broker: " + death;
    }

    private @Nullable String origin() {
        Object queue = brokersWord("queue");
        return queue == null ? text(FailureHeaders.ORIGIN) : queue.toString();
    }

    /**
     * From the broker's record of its last dead-lettering.
     *
     * @see <a href="https://www.rabbitmq.com/docs/dlx#effects">Dead-lettering effects on messages</a>
     */
    private @Nullable Object brokersWord(String name) {
        return properties().getHeaders().get("x-death") instanceof List<?> deaths
                        && !deaths.isEmpty()
                        && deaths.get(0) instanceof Map<?, ?> last
                ? last.get(name)
                : null;
    }

    private @Nullable String text(String header) {
        Object value = properties().getHeaders().get(header);
        return value == null ? null : value.toString();
    }

    private MessageProperties properties() {
        return message.getMessageProperties();
    }

    private static @Nullable Object readable(byte[] body, MessageJson json) {
        try {
            return json.read(body, JsonNode.class);
        } catch (UnprocessableMessageException notJson) {
            try {
                return StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(body))
                        .toString();
            } catch (CharacterCodingException notText) {
                return null;
            }
        }
    }

    private static byte[] digest(byte[] body) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(body);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java has it
        }
    }

    /**
     * One line of a list.
     *
     * @param timestamp when it was made, as its publisher says
     * @param attempts deliveries that failed; nothing where the broker parked it
     * @param origin the queue in which it failed
     */
    record Summary(
            String id,
            @Nullable String type,
            @Nullable Instant timestamp,
            @Nullable Integer attempts,
            String reason,
            @Nullable String firstFailed,
            @Nullable String lastFailed,
            @Nullable String origin) {}

    /**
     * All there is to know.
     *
     * @param body as JSON where it is, else as text where it is
     * @param base64 the body that is neither
     */
    record Whole(
            Summary message,
            Map<String, Object> headers,
            @Nullable String stack,
            @Nullable Object body,
            @Nullable String base64) {}
}
