package shop.seckill.broker;

import java.time.Instant;
import java.util.Date;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.springframework.amqp.AmqpException;
import org.springframework.amqp.core.AmqpAdmin;
import org.springframework.amqp.core.MessageBuilder;
import org.springframework.amqp.core.MessageDeliveryMode;
import org.springframework.amqp.core.MessageProperties;
import org.springframework.amqp.core.QueueInformation;
import org.springframework.stereotype.Component;
import shop.events.PurchaseCommand;
import shop.messaging.MessageJson;
import shop.messaging.publishing.Outcome;
import shop.seckill.SeckillTopology;

/** The way to the order service: the capped queue. What is sent is done in the order in which it was queued. */
@Component
public final class CommandQueue {
    private static final String APP_ID = "seckill-gateway";

    private final BrokerLink broker;
    private final AmqpAdmin admin;
    private final MessageJson json;

    CommandQueue(BrokerLink broker, AmqpAdmin admin, MessageJson json) {
        this.broker = broker;
        this.admin = admin;
        this.json = json;
    }

    /**
     * Sends a command, as {@link BrokerLink#publish} does.
     *
     * @param type of the message, which is also its routing key
     * @param id the same for every repetition
     */
    public CompletableFuture<Outcome> send(String type, String id, Object command) {
        return broker.publish(
                PurchaseCommand.EXCHANGE,
                type,
                MessageBuilder.withBody(json.write(command))
                        .setContentType(MessageProperties.CONTENT_TYPE_JSON)
                        .setMessageId(id)
                        .setCorrelationId(id)
                        .setType(type)
                        .setAppId(APP_ID)
                        .setTimestamp(Date.from(Instant.now()))
                        .setDeliveryMode(MessageDeliveryMode.PERSISTENT)
                        .build());
    }

    /**
     * How many commands nobody has taken yet; those that the order service holds unacknowledged do not count. Waits for
     * the broker. Empty when there is no broker or no queue.
     */
    public OptionalLong ready() {
        try {
            QueueInformation queue = admin.getQueueInfo(SeckillTopology.PURCHASES);
            return queue == null ? OptionalLong.empty() : OptionalLong.of(queue.getMessageCount());
        } catch (AmqpException away) {
            return OptionalLong.empty();
        }
    }
}
