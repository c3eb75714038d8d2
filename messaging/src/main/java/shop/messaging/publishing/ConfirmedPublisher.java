package shop.messaging.publishing;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.springframework.amqp.AmqpConnectException;
import org.springframework.amqp.AmqpException;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.rabbit.connection.CorrelationData;
import org.springframework.amqp.rabbit.core.RabbitTemplate;

/**
 * Publishes with confirms and the mandatory flag, and tells the broker's own answers from those that Spring makes up.
 *
 * @see <a href="https://www.rabbitmq.com/docs/confirms#publisher-confirms">Publisher confirms</a>
 */
public final class ConfirmedPublisher {
    private final RabbitTemplate rabbit;
    private final Duration timeout;

    public ConfirmedPublisher(RabbitTemplate rabbit, Duration timeout) {
        this.rabbit = rabbit;
        this.timeout = timeout;
    }

    /**
     * Sends a message without waiting for the broker's answer.
     *
     * @return completes with what became of it, at the latest after the configured timeout, and never exceptionally
     */
    public CompletableFuture<Outcome> publish(String exchange, String routingKey, Message message) {
        try {
            rabbit.getConnectionFactory().createConnection(); // the one there is, or a new one
        } catch (AmqpException noConnection) {
            return CompletableFuture.completedFuture(Outcome.UNSENT);
        }
        CorrelationData correlation = new CorrelationData();
        try {
            rabbit.send(exchange, routingKey, message, correlation);
        } catch (AmqpConnectException connectionLostBefore) {
            return CompletableFuture.completedFuture(Outcome.UNSENT);
        } catch (AmqpException brokenOnTheWay) {
            return CompletableFuture.completedFuture(Outcome.UNKNOWN);
        }
        return correlation
                .getFuture()
                .handle((confirm, failure) -> failure == null ? outcome(confirm, correlation) : Outcome.UNKNOWN)
                .completeOnTimeout(Outcome.UNKNOWN, timeout.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static Outcome outcome(CorrelationData.Confirm confirm, CorrelationData correlation) {
        if (correlation.getReturned() != null) {
            return Outcome.RETURNED; // the broker acknowledges what it returns, after it returned it
        }
        if (confirm.ack()) {
            return Outcome.CONFIRMED;
        }
        // A nack with a reason is Spring's, for every confirm that a closed channel still owed: nobody knows.
        return confirm.reason() == null ? Outcome.NACKED : Outcome.UNKNOWN;
    }
}
