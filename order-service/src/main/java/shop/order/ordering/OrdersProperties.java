package shop.order.ordering;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings of the orders.
 *
 * @param paymentWindow how long an order's units are set aside for its payment; whole seconds, from 1 second to 24 days,
 *     which is what a queue's time to live allows
 */
@ConfigurationProperties("shop.orders")
public record OrdersProperties(@DefaultValue("15m") Duration paymentWindow) {
    private static final Duration SHORTEST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofDays(24);

    public OrdersProperties {
        if (paymentWindow.compareTo(SHORTEST) < 0
                || paymentWindow.compareTo(LONGEST) > 0
                || !paymentWindow.equals(Duration.ofSeconds(paymentWindow.toSeconds()))) {
            throw new IllegalArgumentException(
                    "shop.orders.payment-window has to be whole seconds, from 1 second to 24 days, not "
                            + paymentWindow);
        }
    }
}
