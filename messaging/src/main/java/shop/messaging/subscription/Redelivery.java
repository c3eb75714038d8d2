package shop.messaging.subscription;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.AmqpException;
import org.springframework.amqp.AmqpRejectAndDontRequeueException;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.rabbit.retry.MessageRecoverer;
import org.springframework.core.retry.RetryException;
import org.springframework.core.retry.RetryPolicy;
import org.springframework.core.retry.RetryTemplate;
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

    private final Map<String, SubscriptionTopology> topologies;
    private final ConfirmedPublisher publisher;
    private final Clock clock;
    private final RetryTemplate publishing = new RetryTemplate(RetryPolicy.builder()
            .maxRetries(6)
            .delay(Duration.ofMillis(100))
            .multiplier(2)
            .build());

    Redelivery(Map<String, SubscriptionTopology> topologies, ConfirmedPublisher publisher, Clock clock) {
        this.topologies = topologies;
        this.publisher = publisher;
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
        if (is(DeferredException.class, failure)) {
            defer(message, topology, rootCause(failure));
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
                FailedMessage.copy(message, queue, failed + 1, cause, Instant.now(clock)));
    }

    /** Nothing was tried, so nothing is counted. */
    private void defer(Message message, SubscriptionTopology topology, Throwable reason) {
        String target = topology.deferralQueue();
        log.debug("{} goes to {} untried: {}", described(message), target, reason.getMessage());
        publishUntilConfirmed(topology.redeliveryExchange(), target, FailedMessage.copy(message));
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

    /** The broker may say no for a moment, during the election of a queue's leader, say. */
    private void publishUntilConfirmed(String exchange, String target, Message copy) {
        try {
            publishing.execute(() -> publish(exchange, target, copy));
        } catch (RetryException e) {
            // Rejected, the original is parked by the broker's hand; with a dead channel it is delivered anew.
            throw new AmqpRejectAndDontRequeueException(
                    "The copy for %s is not confirmed".formatted(target), e.getCause());
        }
    }

    private Outcome publish(String exchange, String target, Message copy) {
        Outcome outcome = publisher.publish(exchange, target, copy).join();
        if (outcome != Outcome.CONFIRMED) {
            throw new AmqpException("The copy for %s is %s".formatted(target, outcome));
        }
        return outcome;
    }

    private static String described(Message message) {
        return "%s %s"
                .formatted(
                        message.getMessageProperties().getType(),
                        message.getMessageProperties().getMessageId());
    }
}
