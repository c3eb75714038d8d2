package shop.messaging.subscription;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.springframework.amqp.core.Binding;
import org.springframework.amqp.core.BindingBuilder;
import org.springframework.amqp.core.Declarable;
import org.springframework.amqp.core.DirectExchange;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.core.QueueBuilder;
import org.springframework.amqp.core.TopicExchange;

/**
 * What the broker has to know of one subscription. Declares alike on RabbitMQ 3.10 to 4.x: the queue type is always
 * explicit, and so is what the versions default differently.
 */
final class SubscriptionTopology {
    /**
     * Deliveries of one message that end with a dying consumer. Work that fails does not count here, it is retried by
     * a copy; this is for messages that take the process down with them.
     *
     * @see <a href="https://www.rabbitmq.com/docs/quorum-queues#poison-message-handling">Poison messages</a>
     */
    private static final int DELIVERY_LIMIT = 20;

    private final Subscription subscription;
    private final TopicExchange events;
    private final List<Duration> delays;

    SubscriptionTopology(Subscription subscription, TopicExchange events, List<Duration> defaultDelays) {
        this.subscription = subscription;
        this.events = events;
        this.delays = subscription.retryDelays(defaultDelays);
        if (delays.isEmpty()) {
            throw new IllegalArgumentException(
                    subscription.queue() + " needs a retry delay: a message may have to wait though nothing failed");
        }
    }

    String redeliveryExchange() {
        return subscription.queue().substring(0, subscription.queue().indexOf('.')) + ".redelivery";
    }

    String parkingLot() {
        return subscription.queue() + ".parked";
    }

    int retries() {
        return delays.size();
    }

    /** The queue in which a message waits before its further try number {@code retry}, counted from 0. */
    String retryQueue(int retry) {
        return subscription.queue() + ".retry." + label(delays.get(retry));
    }

    /** The queue in which a message waits whose time it is not. */
    String deferralQueue() {
        return subscription.queue() + ".retry." + label(Collections.min(delays));
    }

    List<Declarable> declarables() {
        DirectExchange redelivery = new DirectExchange(redeliveryExchange());
        List<Declarable> all = new ArrayList<>(List.of(events, redelivery));

        Queue inbox = deadLetteringTo(parkingLot(), QueueBuilder.durable(subscription.queue()))
                .deliveryLimit(DELIVERY_LIMIT)
                .build();
        all.addAll(List.of(inbox, by(redelivery, inbox)));
        Queue first = inbox;
        Subscription.Delay delay = subscription.delay();
        if (delay != null) {
            first = waiting(delay.queue() + "." + label(delay.length()), delay.length());
            all.add(first);
        }
        for (String key : subscription.keys()) {
            all.add(BindingBuilder.bind(first).to(events).with(key));
        }
        for (int retry = 0; retry < retries(); retry++) {
            Queue waiting = waiting(retryQueue(retry), delays.get(retry));
            all.addAll(List.of(waiting, by(redelivery, waiting)));
        }
        Queue parked = ParkingLot.named(parkingLot()).replayedBy(redeliveryExchange(), subscription.queue());
        all.addAll(List.of(parked, by(redelivery, parked)));
        return all;
    }

    /** A queue that lets go of each message at the same age, to the inbox queue. */
    private Queue waiting(String name, Duration age) {
        return deadLetteringTo(subscription.queue(), QueueBuilder.durable(name))
                .ttl(Math.toIntExact(age.toMillis()))
                .build();
    }

    /** On the redelivery exchange, a queue's key is its name. */
    private static Binding by(DirectExchange redelivery, Queue queue) {
        return BindingBuilder.bind(queue).to(redelivery).withQueueName();
    }

    /**
     * A quorum queue that hands messages on without losing any: they leave it when the next queue has confirmed them.
     *
     * @see <a href="https://www.rabbitmq.com/docs/quorum-queues#dead-lettering">At-least-once dead lettering</a>
     */
    private QueueBuilder deadLetteringTo(String target, QueueBuilder queue) {
        return queue.quorum()
                .deadLetterExchange(redeliveryExchange())
                .deadLetterRoutingKey(target)
                .withArgument("x-dead-letter-strategy", "at-least-once")
                .overflow(QueueBuilder.Overflow.rejectPublish);
    }

    private static String label(Duration delay) {
        long seconds = delay.toSeconds();
        if (seconds < 1 || !delay.equals(Duration.ofSeconds(seconds))) {
            throw new IllegalArgumentException("A message waits whole seconds, at least one, not " + delay);
        }
        return seconds % 60 == 0 ? seconds / 60 + "m" : seconds + "s";
    }
}
