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
 * @param remember how long the effects of messages are remembered; what is older is replayed only when forced
 * @param topologyCheck how often a queue that the broker has with other arguments is looked at again
 */
@ConfigurationProperties("messaging")
public record MessagingProperties(
        @DefaultValue("shop.events") String exchange,
        @DefaultValue("5s") Duration confirmTimeout,
        @DefaultValue("90d") Duration remember,
        @DefaultValue("30s") Duration topologyCheck,
        @DefaultValue Retry retry,
        @DefaultValue Outbox outbox) {

    /**
     * How work that failed is tried again.
     *
     * @param delays the wait before each further try, once the tries in place are used up; whole seconds
     */
    public record Retry(@DefaultValue({"5s", "30s", "5m"}) List<Duration> delays) {}

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
}
