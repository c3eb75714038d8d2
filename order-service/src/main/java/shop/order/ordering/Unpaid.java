package shop.order.ordering;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.stereotype.Component;
import shop.events.OrderPlaced;
import shop.messaging.inbox.Inbox;
import shop.messaging.subscription.Subscription;
import shop.order.OrderTopology;

/** Gives up orders that nobody paid in time. This service hears its own news of each order again, when the time is over. */
@Component
class Unpaid {
    private static final int AT_ONCE = 4; // a flash sale's orders come due as they came in: all at the same moment

    private final Ordering ordering;

    Unpaid(Ordering ordering) {
        this.ordering = ordering;
    }

    void on(OrderPlaced event) {
        ordering.giveUpUnpaid(event.order());
    }

    @Configuration(proxyBeanMethods = false)
    static class Subscribed {

        @Bean
        Subscription duePayments(Unpaid unpaid, Inbox inbox, OrdersProperties properties) {
            return Subscription.queue(OrderTopology.PAYMENT_DUE)
                    .on(OrderPlaced.KEY, OrderPlaced.class, unpaid::on)
                    .delayedBy(properties.paymentWindow(), OrderTopology.PAYMENT_WINDOW)
                    .once(inbox)
                    .consumers(AT_ONCE);
        }
    }
}
