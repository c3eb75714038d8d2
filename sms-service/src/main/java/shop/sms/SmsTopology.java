package shop.sms;

import java.time.Duration;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import shop.events.OrderCancelled;
import shop.events.OrderPaid;
import shop.events.ShipmentDelivered;
import shop.events.ShipmentDispatched;
import shop.messaging.claim.Claims;
import shop.messaging.subscription.Subscription;

/** What this service listens to. */
@Configuration(proxyBeanMethods = false)
class SmsTopology {

    @Bean
    Subscription smsEvents(Texts texts, Claims claims, HttpClientSettings http) {
        return Subscription.queue("sms.events")
                .on(OrderPaid.KEY, OrderPaid.class, texts::on)
                .on(OrderCancelled.KEY, OrderCancelled.class, texts::on)
                .on(ShipmentDispatched.KEY, ShipmentDispatched.class, texts::on)
                .on(ShipmentDelivered.KEY, ShipmentDelivered.class, texts::on)
                .once(claims, longest(http))
                .pauseWhileUnavailable()
                .prefetch(10) // what is sent ahead waits for slow work
                .consumers(2); // a text mostly waits for the provider, and texts have no order to keep
    }

    /** How long a provider that hangs can hold up one text. */
    private static Duration longest(HttpClientSettings http) {
        Duration connect = http.connectTimeout();
        Duration read = http.readTimeout();
        if (connect == null || read == null) {
            throw new IllegalArgumentException(
                    "A provider that hangs would hold a text for ever: set spring.http.clients.connect-timeout and read-timeout");
        }
        return connect.plus(read);
    }
}
