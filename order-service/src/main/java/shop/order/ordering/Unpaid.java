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
    private static final int AT_ONCE = 4; // most messages of a rush find nothing to do, but each costs a commit

    private final UnpaidTogether together;
    private final Ordering ordering;
    private final Inbox inbox;

    Unpaid(UnpaidTogether together, Ordering ordering, Inbox inbox) {
        this.together = together;
        this.ordering = ordering;
        this.inbox = inbox;
    }

    /** Others that are due are not what this message is for: they have a transaction of their own, and cannot fail it. */
    void on(OrderPlaced event) {
        together.giveUp();
        inbox.once(OrderTopology.PAYMENT_DUE, event.eventId().toString(), () -> ordering.giveUpUnpaid(event.order()));
    }

    @Configuration(proxyBeanMethods = false)
    static class Subscribed {

        @Bean
        Subscription duePayments(Unpaid unpaid, OrdersProperties properties) {
            return Subscription.queue(OrderTopology.PAYMENT_DUE)
                    .on(OrderPlaced.KEY, OrderPlaced.class, unpaid::on)
                    .delayedBy(properties.paymentWindow(), OrderTopology.PAYMENT_WINDOW)
                    .consumers(AT_ONCE);
        }
    }
}
