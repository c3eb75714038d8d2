package shop.order.payment;

import java.net.URI;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Who charges the cards.
 *
 * @param refundRetry the wait before a refund that was not confirmed is tried again
 */
@ConfigurationProperties("shop.acquirer")
record AcquirerProperties(URI url, @DefaultValue("30s") Duration refundRetry) {}
