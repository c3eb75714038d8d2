package shop.messaging.publishing;

import io.micrometer.observation.ObservationRegistry;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.springframework.amqp.AmqpConnectException;
import org.springframework.amqp.AmqpException;
import org.springframework.amqp.AmqpResourceNotAvailableException;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.rabbit.connection.CorrelationData;
import org.springframework.amqp.rabbit.core.RabbitTemplate;

/**
 * Publishes with confirms and the mandatory flag, and tells the broker's own answers from those that Spring makes up. A
 * message that carries no trace gets that of the current thread; one that carries one keeps it, since it was stored or
 * failed earlier, and what is told of it belongs there.
 *
 * @see <a href="https://www.rabbitmq.com/docs/confirms#publisher-confirms">Publisher confirms</a>
 */
public final class ConfirmedPublisher {
    private final RabbitTemplate rabbit;
    private final Duration timeout;
    private final Traces traces;
    private final Alarm alarm;

    /** One that gives messages no trace. */
    public ConfirmedPublisher(RabbitTemplate rabbit, Duration timeout) {
        this(rabbit, timeout, new Traces(ObservationRegistry.NOOP));
    }

    /**
     * @param rabbit mandatory, and without observations of its own, since these would overwrite the trace of a message
     * @param timeout how long to wait for a confirm
     */
    public ConfirmedPublisher(RabbitTemplate rabbit, Duration timeout, Traces traces) {
        this(rabbit, timeout, traces, new Alarm());
        rabbit.getConnectionFactory().addConnectionListener(alarm);
    }

    private ConfirmedPublisher(RabbitTemplate rabbit, Duration timeout, Traces traces, Alarm alarm) {
        this.rabbit = rabbit;
        this.timeout = timeout;
        this.traces = traces;
        this.alarm = alarm;
    }

    /** The same, but with this timeout. */
    public ConfirmedPublisher waiting(Duration timeout) {
        return new ConfirmedPublisher(rabbit, timeout, traces, alarm);
    }

    /**
     * Does work that publishes much. Otherwise each message that is sent before its predecessors are confirmed opens a
     * channel: Spring gives a channel to the next one only when all its confirms have come.
     *
     * @param work publishes from the calling thread, and all of that on one channel
     * @throws AmqpException when there is no channel to be had, or the broker is in alarm; the work was not begun then
     */
    public <T> T onOneChannel(Supplier<T> work) {
        rabbit.getConnectionFactory().createConnection(); // the one there is, or a new one
        if (alarm.isOn()) {
            throw new AmqpResourceNotAvailableException("The broker takes no messages: it is in alarm");
        }
        return rabbit.invoke(operations -> work.get());
    }

    /**
     * Sends a message without waiting for the broker's answer.
     *
     * @return completes with what became of it, at the latest after the configured timeout, and never exceptionally
     * @throws IllegalArgumentException when no broker could ever get it: its routing key is longer than 255 bytes, say
     */
    public CompletableFuture<Outcome> publish(String exchange, String routingKey, Message message) {
        Encoding.require(exchange, routingKey, message);
        if (message.getMessageProperties().getHeader(Traces.TRACEPARENT) != null) {
            return send(exchange, routingKey, message);
        }
        return traces.observe("messaging.publish", "RabbitMQ", headers -> {
            headers.forEach(message.getMessageProperties()::setHeader);
            return send(exchange, routingKey, message);
        });
    }

    private CompletableFuture<Outcome> send(String exchange, String routingKey, Message message) {
        try {
            rabbit.getConnectionFactory().createConnection(); // the one there is, or a new one
        } catch (AmqpException noConnection) {
            return CompletableFuture.completedFuture(Outcome.UNSENT);
        }
        if (alarm.isOn()) {
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
