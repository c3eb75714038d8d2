package shop.order.sale;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Settings of the flash sales.
 *
 * @param batch purchases settled in one transaction, at most. Twice as many are taken ahead of the queue, and so come on
 *     top of its cap
 * @param grace how long after its end a sale is closed; what was admitted in the last moment is queued by then
 */
@Validated
@ConfigurationProperties("shop.sales")
record SalesProperties(
        @Min(1) @Max(1_000) @DefaultValue("250") int batch,
        @DurationMin(millis = 0) @DefaultValue("5s") Duration grace) {}
