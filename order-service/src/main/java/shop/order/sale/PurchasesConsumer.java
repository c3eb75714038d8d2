package shop.order.sale;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.AmqpException;
import org.springframework.amqp.core.AmqpAdmin;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.amqp.rabbit.listener.SimpleMessageListenerContainer;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.EventListener;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import shop.messaging.schema.SchemaReady;
import shop.order.OrderTopology;

/**
 * Consumes the capped queue, once the schema and the queue are there. The gateway declares the queue, as only it knows
 * the cap, and may come later than this service.
 */
@Component
class PurchasesConsumer implements SmartLifecycle {
    private static final Logger log = LoggerFactory.getLogger(PurchasesConsumer.class);

    /** A batch is full, or has been waited for this long, or nothing more comes. */
    private static final long BATCH_MILLIS = 50;

    private static final long QUIET_MILLIS = 20;

    private final SimpleMessageListenerContainer container;
    private final AmqpAdmin broker;

    private volatile boolean running;
    private volatile boolean schemaReady;
    private boolean waitingTold;

    PurchasesConsumer(ConnectionFactory connections, AmqpAdmin broker, Drain drain, SalesProperties properties) {
        this.broker = broker;
        container = new SimpleMessageListenerContainer(connections);
        container.setListenerId(OrderTopology.PURCHASES);
        container.setQueueNames(OrderTopology.PURCHASES);
        container.setMessageListener(drain);
        container.setConsumerBatchEnabled(true);
        container.setBatchSize(properties.batch());
        container.setPrefetchCount(2 * properties.batch());
        container.setReceiveTimeout(QUIET_MILLIS);
        container.setBatchReceiveTimeout(BATCH_MILLIS);
        container.setMissingQueuesFatal(false);
        container.setPossibleAuthenticationFailureFatal(false);
        container.setAutoDeclare(false); // what is declared here has nothing to do with this queue
        // The drain throws only when the service stops. Whatever else may break it must not cost a purchase.
        container.setDefaultRequeueRejected(true);
    }

    @EventListener(SchemaReady.class)
    void onSchema() {
        schemaReady = true;
        startWhenReady();
    }

    @Scheduled(fixedDelayString = "PT1S")
    synchronized void startWhenReady() {
        if (!running || !schemaReady || container.isRunning()) {
            return;
        }
        try {
            if (broker.getQueueInfo(OrderTopology.PURCHASES) != null) {
                container.start();
                log.info("Purchases of flash sales are taken from {}", OrderTopology.PURCHASES);
            } else if (!waitingTold) {
                log.info("Waiting for the gateway to declare {}", OrderTopology.PURCHASES);
                waitingTold = true;
            }
        } catch (AmqpException brokerAway) {
            log.debug("Waiting for the broker", brokerAway);
        }
    }

    @Override
    public void start() {
        running = true;
    }

    @Override
    public synchronized void stop() {
        running = false;
        container.stop();
    }

    @Override
    public boolean isRunning() {
        return running;
    }
}
