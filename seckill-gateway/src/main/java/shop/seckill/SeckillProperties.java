package shop.seckill;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Settings of the flash sale.
 *
 * @param maxQueueLength purchases that may wait; what comes beyond is shed. The broker keeps it as an argument of the
 *     queue, so a queue that was declared with another length has to be deleted first
 * @param confirmTimeout how long a buyer waits for the broker's confirm before the answer is "unknown yet"
 * @param maxWaiting buyers who may wait for their outcome at a time; others are answered at once. Each holds a
 *     connection: leave some of {@code server.tomcat.max-connections} to those who buy
 * @param reconcileAfter how long a ticket waits for its confirm, or in an empty queue for its outcome, before the purchase is
 *     published again; and how long a recount waits for its answer before it is asked for again
 * @param keep how long tickets and counts can be asked for after a sale closed
 */
@Validated
@ConfigurationProperties("seckill")
public record SeckillProperties(
        @Min(1) @Max(1_000_000) @DefaultValue("10000") int maxQueueLength,

        @DurationMin(millis = 10) @DurationMax(seconds = 5) @DefaultValue("2s")
        Duration confirmTimeout,

        @Min(0) @Max(1_000_000) @DefaultValue("4000") int maxWaiting,

        @DurationMin(millis = 100) @DurationMax(minutes = 10) @DefaultValue("10s")
        Duration reconcileAfter,

        @DurationMin(minutes = 1) @DefaultValue("1d") Duration keep) {}
