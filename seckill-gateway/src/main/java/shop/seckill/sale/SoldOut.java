package shop.seckill.sale;

import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageBuilder;
import org.springframework.amqp.core.MessageDeliveryMode;
import org.springframework.amqp.core.MessageListener;
import org.springframework.amqp.core.MessageProperties;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;
import shop.messaging.MessageJson;
import shop.messaging.UnprocessableMessageException;
import shop.seckill.broker.BrokerLink;

/**
 * Remembers for a second that nothing of a sale is left, so that the crowd that comes too late does not reach the
 * counts; and tells the other gateways. It lasts no longer, since a unit may come back at any moment.
 */
@Component
public final class SoldOut implements MessageListener {
    /** The fanout exchange on which the gateways tell each other. */
    public static final String EXCHANGE = "seckill.announcements";

    private static final Logger log = LoggerFactory.getLogger(SoldOut.class);
    private static final String TYPE = "sale.sold-out";
    private static final Duration LASTS = Duration.ofSeconds(1);

    private final Map<UUID, Long> since = new ConcurrentHashMap<>();
    private final BrokerLink broker;
    private final MessageJson json;
    private final LongSupplier nanoTime;

    @Autowired
    SoldOut(BrokerLink broker, MessageJson json) {
        this(broker, json, System::nanoTime);
    }

    SoldOut(BrokerLink broker, MessageJson json, LongSupplier nanoTime) {
        this.broker = broker;
        this.json = json;
        this.nanoTime = nanoTime;
    }

    /** Whether nothing was left less than a second ago. */
    public boolean is(UUID sale) {
        Long noted = since.get(sale);
        return noted != null && fresh(noted);
    }

    /** Notes that nothing is left, here and at the other gateways. */
    public void tell(UUID sale) {
        if (note(sale)) {
            broker.announce(
                    EXCHANGE,
                    MessageBuilder.withBody(json.write(new Announcement(sale)))
                            .setContentType(MessageProperties.CONTENT_TYPE_JSON)
                            .setType(TYPE)
                            .setDeliveryMode(MessageDeliveryMode.NON_PERSISTENT)
                            .setExpiration(String.valueOf(LASTS.toMillis()))
                            .build());
        }
    }

    /** Whether that is news. */
    private boolean note(UUID sale) {
        since.values().removeIf(noted -> !fresh(noted));
        return since.putIfAbsent(sale, nanoTime.getAsLong()) == null;
    }

    private boolean fresh(long noted) {
        return nanoTime.getAsLong() - noted < LASTS.toNanos();
    }

    @Override
    public void onMessage(Message message) {
        try {
            note(json.read(message.getBody(), Announcement.class).sale());
        } catch (UnprocessableMessageException notOurs) {
            log.warn("Ignoring an announcement: {}", notOurs.getMessage());
        }
    }

    private record Announcement(UUID sale) {}
}
