package shop.seckill;

import org.springframework.amqp.core.AcknowledgeMode;
import org.springframework.amqp.core.Binding;
import org.springframework.amqp.core.BindingBuilder;
import org.springframework.amqp.core.Declarables;
import org.springframework.amqp.core.DirectExchange;
import org.springframework.amqp.core.FanoutExchange;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.core.QueueBuilder;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.amqp.rabbit.listener.SimpleMessageListenerContainer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import shop.events.OrderCancelled;
import shop.events.PurchaseCommand;
import shop.events.PurchaseRefused;
import shop.events.PurchaseSettled;
import shop.events.PurchasesOrdered;
import shop.events.RecountCommand;
import shop.events.SaleAnnounced;
import shop.events.SaleClosed;
import shop.events.SaleCounted;
import shop.events.SalesListed;
import shop.messaging.subscription.Subscription;
import shop.seckill.purchase.Outcomes;
import shop.seckill.sale.Recounts;
import shop.seckill.sale.Sales;
import shop.seckill.sale.SoldOut;

/** What the gateway declares on the broker. */
@Configuration(proxyBeanMethods = false)
public class SeckillTopology {
    /** The capped queue: purchases, and questions that are to be answered behind them. */
    public static final String PURCHASES = "seckill.purchases";

    private static final String EVENTS = "seckill.events";

    /**
     * The capped queue. Classic, because only there is the cap exact; {@code reject-publish}, because the newest buyer
     * is the one to be told; one active consumer, because one transaction at a time takes units of a sale fastest.
     * Nothing dead-letters into it: a full queue would drop that without a word.
     *
     * @see <a href="https://www.rabbitmq.com/docs/maxlength">Queue length limit</a>
     * @see <a href="https://www.rabbitmq.com/docs/consumers#single-active-consumer">Single active consumer</a>
     */
    @Bean
    Declarables purchasesQueue(SeckillProperties properties) {
        DirectExchange commands = new DirectExchange(PurchaseCommand.EXCHANGE);
        Queue purchases = QueueBuilder.durable(PURCHASES)
                .classic()
                .maxLength(properties.maxQueueLength())
                .overflow(QueueBuilder.Overflow.rejectPublish)
                .singleActiveConsumer()
                .build();
        return new Declarables(
                commands,
                purchases,
                BindingBuilder.bind(purchases).to(commands).with(PurchaseCommand.KEY),
                BindingBuilder.bind(purchases).to(commands).with(RecountCommand.KEY));
    }

    @Bean
    FanoutExchange announcements() {
        return new FanoutExchange(SoldOut.EXCHANGE);
    }

    /** This gateway's own ear: named by the broker, and gone with the connection. */
    @Bean
    Queue announcementsHere() {
        return QueueBuilder.nonDurable("")
                .exclusive()
                .autoDelete()
                .classic()
                .withArgument("x-max-length", 1_000) // what is announced is stale after a second
                .build();
    }

    @Bean
    Binding announcementsReachHere(FanoutExchange announcements, Queue announcementsHere) {
        return BindingBuilder.bind(announcementsHere).to(announcements);
    }

    @Bean
    SimpleMessageListenerContainer announcementsConsumer(
            ConnectionFactory connections, Queue announcementsHere, SoldOut soldOut) {
        SimpleMessageListenerContainer consumer = new SimpleMessageListenerContainer(connections);
        consumer.setQueues(announcementsHere);
        consumer.setAcknowledgeMode(AcknowledgeMode.NONE); // lost, it is told again by the next buyer's script
        consumer.setMissingQueuesFatal(false);
        consumer.setPossibleAuthenticationFailureFatal(false);
        consumer.setMessageListener(soldOut);
        return consumer;
    }

    /** One consumer is enough: of orders, the many, it hears by the batch. */
    @Bean
    Subscription seckillEvents(Sales sales, Recounts recounts, Outcomes outcomes) {
        return Subscription.queue(EVENTS)
                .on(SaleAnnounced.KEY, SaleAnnounced.class, sales::on)
                .on(SaleClosed.KEY, SaleClosed.class, sales::on)
                .on(SaleCounted.KEY, SaleCounted.class, sales::on)
                .on(PurchasesOrdered.KEY, PurchasesOrdered.class, outcomes::on)
                .on(OrderCancelled.KEY, OrderCancelled.class, outcomes::on)
                .on(PurchaseRefused.KEY, PurchaseRefused.class, outcomes::on)
                .on(PurchaseSettled.KEY, PurchaseSettled.class, outcomes::on)
                .on(SalesListed.KEY, SalesListed.class, recounts::on)
                .pauseWhileUnavailable();
    }
}
