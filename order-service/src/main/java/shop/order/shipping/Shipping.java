package shop.order.shipping;

import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.stereotype.Component;
import shop.events.ShipmentDelivered;
import shop.events.ShipmentDispatched;
import shop.messaging.UnprocessableMessageException;
import shop.messaging.inbox.Inbox;
import shop.messaging.subscription.Subscription;
import shop.order.OrderTopology;
import shop.order.ordering.OrderState;
import shop.order.ordering.Orders;

/** Follows the shipments of paid orders. What comes late or again changes nothing: an order never goes back. */
@Component
class Shipping {
    private static final Logger log = LoggerFactory.getLogger(Shipping.class);

    private final Orders orders;

    Shipping(Orders orders) {
        this.orders = orders;
    }

    void on(ShipmentDispatched event) {
        move(event.order(), OrderState.SHIPPED);
    }

    void on(ShipmentDelivered event) {
        move(event.order(), OrderState.DELIVERED);
    }

    private void move(UUID order, OrderState to) {
        if (!orders.move(order, to)) {
            OrderState state = orders.find(order)
                    .orElseThrow(() -> new UnprocessableMessageException("There is no order " + order))
                    .state();
            log.info("Order {} is {}, and does not become {}", order, state, to);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Subscribed {

        @Bean
        Subscription shipments(Shipping shipping, Inbox inbox) {
            return Subscription.queue(OrderTopology.EVENTS)
                    .on(ShipmentDispatched.KEY, ShipmentDispatched.class, shipping::on)
                    .on(ShipmentDelivered.KEY, ShipmentDelivered.class, shipping::on)
                    .once(inbox);
        }
    }
}
