package shop.messaging;

import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings of the messaging, all with defaults that hold in production.
 *
 * @param exchange the durable topic exchange on which everybody's events are published
 * @param confirmTimeout how long the broker may take to confirm a message before it counts as unknown
 * @param remember how long a message that was handled is known, so that it is not handled again; what is older is
 *     replayed only when forced
 * @param topologyCheck how often a queue that the broker has with other arguments is looked at again
 */
@ConfigurationProperties("messaging")
public record MessagingProperties(
        @DefaultValue("shop.events") String exchange,
        @DefaultValue("5s") Duration confirmTimeout,
        @DefaultValue("90d") Duration remember,
        @DefaultValue("30s") Duration topologyCheck,
        @DefaultValue Retry retry,
        @DefaultValue Claims claims,
        @DefaultValue Breaker breaker,
        @DefaultValue Outbox outbox) {

    public MessagingProperties {
        require(remember.compareTo(claims.lease()) > 0, "messaging.remember has to be longer than a claim's lease");
    }

    /**
     * How work that failed is tried again.
     *
     * @param delays the wait before each further try, once the tries in place are used up; whole seconds
     */
    public record Retry(@DefaultValue({"5s", "30s", "5m"}) List<Duration> delays) {}

    /**
     * How messages are claimed whose effect no transaction covers.
     *
     * @param lease how long a claim lasts whose holder died; more than any work takes, less than 5 minutes
     */
    public record Claims(@DefaultValue("2m") Duration lease) {
        private static final Duration LIMIT = Duration.ofMinutes(5);

        public Claims {
            require(
                    lease.compareTo(Duration.ZERO) > 0 && lease.compareTo(LIMIT) < 0,
                    "messaging.claims.lease has to be more than nothing and less than 5 minutes, not " + lease);
        }
    }

    /**
     * When a subscription pauses because what its work needs is away.
     *
     * @param window how many calls are looked back at, the tries in place included
     * @param minimum how many calls have to be known
     * @param failures how many percent of them have to have failed
     * @param pause the wait before each try whether it is back; the tries never end
     */
    public record Breaker(
            @DefaultValue("10") int window,
            @DefaultValue("5") int minimum,
            @DefaultValue("50") int failures,
            @DefaultValue("10s") Duration pause) {}

    /**
     * How the outbox is relayed.
     *
     * @param poll how often to look for messages whose commit woke nobody
     * @param batch messages published in one transaction from one shard
     * @param backoff the wait before a message that was not confirmed is published again, doubled each time
     * @param maxBackoff the longest such wait, and the only one of a message that no queue wants; the tries never end
     * @param lease after how long a relay that stands still loses its shard to another one
     * @param keep how long a message that was sent stays in the table
     */
    public record Outbox(
            @DefaultValue("1s") Duration poll,
            @DefaultValue("1000") int batch,
            @DefaultValue("200ms") Duration backoff,
            @DefaultValue("30s") Duration maxBackoff,
            @DefaultValue("10s") Duration lease,
            @DefaultValue("1h") Duration keep) {}

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
