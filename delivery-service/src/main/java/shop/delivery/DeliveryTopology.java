package shop.delivery;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import shop.events.OrderPaid;
import shop.messaging.inbox.Inbox;
import shop.messaging.subscription.Subscription;

/** What this service listens to. A cancelled order was never paid, so only paid ones concern it. */
@Configuration(proxyBeanMethods = false)
class DeliveryTopology {

    @Bean
    Subscription deliveryEvents(Deliveries deliveries, Inbox inbox) {
        return Subscription.queue("delivery.events")
                .on(OrderPaid.KEY, OrderPaid.class, deliveries::on)
                .once(inbox);
    }
}
