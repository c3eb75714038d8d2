package shop.sms;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import shop.events.OrderCancelled;
import shop.events.OrderPaid;
import shop.events.ShipmentDelivered;
import shop.events.ShipmentDispatched;
import shop.messaging.subscription.Subscription;

/** What this service listens to. */
@Configuration(proxyBeanMethods = false)
class SmsTopology {

    @Bean
    Subscription smsEvents(Texts texts) {
        return Subscription.queue("sms.events")
                .on(OrderPaid.KEY, OrderPaid.class, texts::on)
                .on(OrderCancelled.KEY, OrderCancelled.class, texts::on)
                .on(ShipmentDispatched.KEY, ShipmentDispatched.class, texts::on)
                .on(ShipmentDelivered.KEY, ShipmentDelivered.class, texts::on)
                .consumers(2); // a text mostly waits for the provider, and texts have no order to keep
    }
}
