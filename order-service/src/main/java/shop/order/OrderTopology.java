package shop.order;

import org.springframework.amqp.core.BindingBuilder;
import org.springframework.amqp.core.Declarables;
import org.springframework.amqp.core.DirectExchange;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.core.QueueBuilder;
import org.springframework.amqp.core.TopicExchange;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import shop.events.PurchaseCommand;
import shop.messaging.subscription.ParkingLot;

/** The names of what this service owns at the broker. */
@Configuration(proxyBeanMethods = false)
public class OrderTopology {
    /** The inbox queue: what others say about orders. */
    public static final String EVENTS = "order.events";

    /** The inbox queue for orders whose time to be paid is over. */
    public static final String PAYMENT_DUE = "order.payment-due";

    /** Where orders wait until then; the time is added to the name. */
    public static final String PAYMENT_WINDOW = "order.payment-window";

    /** The way to this service's retry queues and parking lots. */
    public static final String REDELIVERY = "order.redelivery";

    /** The purchases of flash sales. The gateway declares it; this service waits for it. */
    public static final String PURCHASES = "seckill.purchases";

    /** Purchases that cannot be read or done. */
    public static final String PARKED_PURCHASES = "order.purchases.parked";

    /** Every event of the shop, to be read again from any point. */
    static final String JOURNAL = "shop.journal";

    private static final long JOURNAL_BYTES = 1_000_000_000;
    private static final long SEGMENT_BYTES = 50_000_000; // old events go by whole segments

    @Bean
    Declarables parkedPurchases() {
        DirectExchange redelivery = new DirectExchange(REDELIVERY);
        Queue parked = ParkingLot.named(PARKED_PURCHASES).replayedBy(PurchaseCommand.EXCHANGE, PurchaseCommand.KEY);
        return new Declarables(
                redelivery, parked, BindingBuilder.bind(parked).to(redelivery).withQueueName());
    }

    /**
     * The journal makes sure, too, that no event is ever unroutable.
     *
     * @see <a href="https://www.rabbitmq.com/docs/streams#retention">Retention of streams</a>
     */
    @Bean
    Declarables journal(TopicExchange events) {
        Queue journal = QueueBuilder.durable(JOURNAL).stream()
                .withArgument("x-max-length-bytes", JOURNAL_BYTES)
                .withArgument("x-stream-max-segment-size-bytes", SEGMENT_BYTES)
                .withArgument("x-max-age", "7D")
                .build();
        return new Declarables(journal, BindingBuilder.bind(journal).to(events).with("#"));
    }
}
