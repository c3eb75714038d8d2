package shop.order.sale;

import java.time.Duration;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageBuilder;
import org.springframework.amqp.core.MessageDeliveryMode;
import org.springframework.amqp.core.MessageProperties;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;
import shop.events.PurchaseCommand;
import shop.messaging.MessageJson;
import shop.messaging.publishing.ConfirmedPublisher;
import shop.messaging.publishing.Outcome;

/**
 * Ends sales whose time is over: sends a marker through the capped queue, behind every purchase that came in time, so
 * that the drain meets it when those are settled. A sale stays claimed for a while; if it is not closed by then, the
 * marker is sent again, by whichever instance. One marker too many changes nothing.
 */
@Component
class Closing {
    private static final Logger log = LoggerFactory.getLogger(Closing.class);
    private static final Duration LEASE = Duration.ofSeconds(30);
    private static final Duration QUEUE_WAS_FULL = Duration.ofSeconds(1);
    private static final int AT_ONCE = 20;
    private static final String APP_ID = "order-service";

    private final Sales sales;
    private final ConfirmedPublisher publisher;
    private final MessageJson json;

    Closing(Sales sales, ConfirmedPublisher publisher, MessageJson json) {
        this.sales = sales;
        this.publisher = publisher;
        this.json = json;
    }

    @Scheduled(fixedDelayString = "PT1S")
    void closeEnded() {
        try {
            sales.claimEnded(LEASE, AT_ONCE).forEach(this::sendMarker);
        } catch (DataAccessException | TransactionException away) {
            log.debug("Closing waits for the database", away);
        }
    }

    private void sendMarker(UUID sale) {
        Outcome outcome = publisher
                .publish(PurchaseCommand.EXCHANGE, PurchaseCommand.KEY, marker(sale))
                .join();
        if (outcome.refused()) {
            log.info("The marker that closes sale {} is not queued yet: {}", sale, outcome);
            sales.markerDue(sale, QUEUE_WAS_FULL);
        }
    }

    private Message marker(UUID sale) {
        return MessageBuilder.withBody(json.write(new Command.Close(sale)))
                .setContentType(MessageProperties.CONTENT_TYPE_JSON)
                .setMessageId(Command.Close.TYPE + "." + sale)
                .setType(Command.Close.TYPE)
                .setAppId(APP_ID)
                .setCorrelationId(sale.toString())
                .setDeliveryMode(MessageDeliveryMode.PERSISTENT)
                .build();
    }
}
