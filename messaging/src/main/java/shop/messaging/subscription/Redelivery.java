package shop.messaging.subscription;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.AmqpRejectAndDontRequeueException;
import org.springframework.amqp.ImmediateRequeueAmqpException;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.rabbit.retry.MessageRecoverer;
import shop.messaging.DeferredException;
import shop.messaging.UnprocessableMessageException;
import shop.messaging.publishing.ConfirmedPublisher;
import shop.messaging.publishing.Outcome;

/**
 * Decides what becomes of a message whose work failed: a copy waits in the next retry queue or, when all were tried or
 * nothing can help, in the parking lot. The container acknowledges the original after this returns, and so only once
 * the broker has confirmed the copy.
 */
final class Redelivery implements MessageRecoverer {
    private static final Logger log = LoggerFactory.getLogger(Redelivery.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    private final Map<String, SubscriptionTopology> topologies;
    private final ConfirmedPublisher publisher;
    private final Predicate<String> stopping;
    private final Clock clock;

    /**
     * Sets it up.
     *
     * @param stopping whether the consumer of this queue is being stopped
     */
    Redelivery(
            Map<String, SubscriptionTopology> topologies,
            ConfirmedPublisher publisher,
            Predicate<String> stopping,
            Clock clock) {
        this.topologies = topologies;
        this.publisher = publisher;
        this.stopping = stopping;
        this.clock = clock;
    }

    /** Whether another try right now could end better. */
    static boolean canHealAtOnce(Throwable failure) {
        return !is(UnprocessableMessageException.class, failure) && !is(DeferredException.class, failure);
    }

    private static boolean is(Class<? extends Throwable> type, Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (type.isInstance(cause)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void recover(Message message, Throwable failure) {
        String queue = message.getMessageProperties().getConsumerQueue();
        SubscriptionTopology topology = queue == null ? null : topologies.get(queue);
        if (queue == null || topology == null) {
            throw new AmqpRejectAndDontRequeueException("No subscription declares " + queue, failure);
        }
        BooleanSupplier ended = () -> stopping.test(queue) || DeliveryFailedException.channelLost(failure);
        if (is(DeferredException.class, failure)) {
            defer(message, topology, rootCause(failure), ended);
            return;
        }
        int failed = failedDeliveries(message);
        boolean parks = is(UnprocessableMessageException.class, failure) || failed >= topology.retries();
        String target = parks ? topology.parkingLot() : topology.retryQueue(failed);

        Throwable cause = rootCause(failure);
        if (parks) {
            log.error("Parking {} of {}: {}", described(message), queue, cause.toString());
        } else {
            log.warn("{} of {} failed, goes to {}: {}", described(message), queue, target, cause.toString());
        }
        publishUntilConfirmed(
                topology.redeliveryExchange(),
                target,
                FailedMessage.copy(message, queue, failed + 1, cause, Instant.now(clock)),
                ended);
    }

    /** Nothing was tried, so nothing is counted. */
    private void defer(Message message, SubscriptionTopology topology, Throwable reason, BooleanSupplier ended) {
        String target = topology.deferralQueue();
        log.debug("{} goes to {} untried: {}", described(message), target, reason.getMessage());
        publishUntilConfirmed(topology.redeliveryExchange(), target, FailedMessage.copy(message), ended);
    }

    private static int failedDeliveries(Message message) {
        Object attempts = message.getMessageProperties().getHeader(FailureHeaders.ATTEMPTS);
        return attempts instanceof Number number ? number.intValue() : 0;
    }

    /**
     * Listener exceptions only wrap what happened. Our own are kept: an {@link UnprocessableMessageException} says more
     * than the parser's exception below it.
     */
    private static Throwable rootCause(Throwable failure) {
        Throwable cause = failure;
        while (!(cause instanceof UnprocessableMessageException)
                && !(cause instanceof DeferredException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    /**
     * Insists: the broker says no for a moment while a queue elects its leader, and for hours while one is full.
     *
     * @throws ImmediateRequeueAmqpException when the original is not ours any more, or should not be: its queue has it
     */
    private void publishUntilConfirmed(String exchange, String target, Message copy, BooleanSupplier ended) {
        Duration pause = FIRST_PAUSE;
        Outcome outcome = publisher.publish(exchange, target, copy).join();
        while (outcome != Outcome.CONFIRMED) {
            log.warn("The copy of {} for {} is {}, publishing it again", described(copy), target, outcome);
            if (endedWithin(pause, ended)) {
                throw new ImmediateRequeueAmqpException("The copy for %s is %s".formatted(target, outcome));
            }
            pause = min(pause.multipliedBy(2), LONGEST_PAUSE);
            outcome = publisher.publish(exchange, target, copy).join();
        }
    }

    private static boolean endedWithin(Duration pause, BooleanSupplier ended) {
        long end = System.nanoTime() + pause.toNanos();
        while (!ended.getAsBoolean()) {
            long left = end - System.nanoTime();
            if (left <= 0) {
                return false;
            }
            LockSupport.parkNanos(Math.min(left, FIRST_PAUSE.toNanos()));
            if (Thread.currentThread().isInterrupted()) {
                return true;
            }
        }
        return true;
    }

    private static Duration min(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private static String described(Message message) {
        return "%s %s"
                .formatted(
                        message.getMessageProperties().getType(),
                        message.getMessageProperties().getMessageId());
    }
}
