package shop.email;

import org.springframework.boot.mail.autoconfigure.MailProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import shop.events.CustomerRegistered;
import shop.events.OrderCancelled;
import shop.events.OrderPaid;
import shop.events.OrderPlaced;
import shop.events.ShipmentDelivered;
import shop.events.ShipmentDispatched;
import shop.messaging.claim.Claims;
import shop.messaging.subscription.Subscription;

/** What this service listens to. */
@Configuration(proxyBeanMethods = false)
class EmailTopology {

    @Bean
    Subscription emailEvents(Mails mails, Claims claims, MailProperties server) {
        return Subscription.queue("email.events")
                .on(CustomerRegistered.KEY, CustomerRegistered.class, mails::on)
                .on(OrderPlaced.KEY, OrderPlaced.class, mails::on)
                .on(OrderPaid.KEY, OrderPaid.class, mails::on)
                .on(OrderCancelled.KEY, OrderCancelled.class, mails::on)
                .on(ShipmentDispatched.KEY, ShipmentDispatched.class, mails::on)
                .on(ShipmentDelivered.KEY, ShipmentDelivered.class, mails::on)
                .once(claims, SmtpPatience.longest(server))
                .pauseWhileUnavailable()
                .prefetch(10) // what is sent ahead waits for slow work
                .consumers(2); // a mail mostly waits for the mail server, and mails have no order to keep
    }
}
