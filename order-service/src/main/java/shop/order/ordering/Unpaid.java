package shop.order.ordering;

import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
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
    private static final Logger log = LoggerFactory.getLogger(Unpaid.class);
    private static final int AT_ONCE = 4; // most messages of a rush find nothing to do, but each costs a commit

    private final Ordering ordering;
    private final Inbox inbox;

    Unpaid(Ordering ordering, Inbox inbox) {
        this.ordering = ordering;
        this.inbox = inbox;
    }

    void on(OrderPlaced event) {
        giveUpWhateverIsDue(event.payBefore());
        inbox.once(OrderTopology.PAYMENT_DUE, event.eventId().toString(), () -> ordering.giveUpUnpaid(event.order()));
    }

    /**
     * After a flash sale thousands come due at once. One by one, each with a commit while its sale is locked, the last would be
     * late by many seconds. Still, they are not what this message is for, and must not fail it: each has one of its own.
     */
    private void giveUpWhateverIsDue(Instant since) {
        try {
            ordering.giveUpUnpaid(since);
        } catch (RuntimeException e) {
            log.warn("What is due since {} cannot be given up together, now one by one: {}", since, e.toString());
        }
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
