package shop.seckill.broker;

import com.rabbitmq.client.BlockedListener;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.rabbit.connection.Connection;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.amqp.rabbit.connection.ConnectionListener;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.stereotype.Component;
import shop.messaging.publishing.ConfirmedPublisher;
import shop.messaging.publishing.Outcome;
import shop.messaging.publishing.Traces;
import shop.seckill.SeckillProperties;

/**
 * Publishes on a thread of its own, since writing to a connection may block: on a full socket, on a reconnect. Without
 * any connection, or while the broker takes nothing (a memory or disk alarm), it says no at once; the consumers bring
 * theirs back, and then what is published its own.
 *
 * @see <a href="https://www.rabbitmq.com/docs/connection-blocked">Blocked connections</a>
 */
@Component
public final class BrokerLink implements ConnectionListener, DisposableBean {
    private static final Logger log = LoggerFactory.getLogger(BrokerLink.class);

    /** A confirm may come long after the buyer was told "unknown yet"; it still says what became of the ticket. */
    private static final Duration LATE = Duration.ofMinutes(1);

    private final Traces traces;
    private final Writer writer;

    /** One to consume by and one to publish by, which come and go each by itself. */
    private final List<Line> lines = new CopyOnWriteArrayList<>();

    BrokerLink(
            ConnectionFactory connections, ConfirmedPublisher publisher, Traces traces, SeckillProperties properties) {
        this.traces = traces;
        this.writer = new Writer(publisher.waiting(LATE), properties.confirmTimeout());
        connections.addConnectionListener(this);
        writer.start();
    }

    /**
     * Publishes with a confirm, in the trace of the calling thread.
     *
     * @return what became of it, never exceptionally: {@link Outcome#UNSENT} when it could not be written in time. Late
     *     answers of the broker come, too: who asked decides how long to wait
     */
    public CompletableFuture<Outcome> publish(String exchange, String routingKey, Message message) {
        if (!takesMessages()) {
            return CompletableFuture.completedFuture(Outcome.UNSENT);
        }
        // Here, since the thread that writes it knows nothing of the request.
        traces.observe("messaging.publish", "RabbitMQ", headers -> {
            headers.forEach(message.getMessageProperties()::setHeader);
            return message;
        });
        return writer.publish(exchange, routingKey, message);
    }

    /** Publishes what may be lost. */
    public void announce(String exchange, Message message) {
        var unused = publish(exchange, "", message);
    }

    /** Whether the broker is there; it may still take no messages, or hang. */
    public boolean isConnected() {
        return lines.stream().anyMatch(Line::isOpen);
    }

    private boolean takesMessages() {
        List<Line> open = lines.stream().filter(Line::isOpen).toList();
        return !open.isEmpty() && open.stream().noneMatch(Line::isBlocked);
    }

    @Override
    public void onCreate(@Nullable Connection created) {
        if (created != null) {
            Line line = new Line(created);
            created.addBlockedListener(line);
            lines.removeIf(
                    old -> old.connection == created); // Spring's connection is the same each time it is made anew
            lines.add(line);
        }
    }

    @Override
    public void destroy() {
        writer.stop();
    }

    /** A connection, and whether the broker reads from it. */
    private static final class Line implements BlockedListener {
        private final Connection connection;
        private volatile boolean blocked;

        private Line(Connection connection) {
            this.connection = connection;
        }

        private boolean isOpen() {
            return connection.isOpen();
        }

        private boolean isBlocked() {
            return blocked;
        }

        @Override
        public void handleBlocked(String reason) {
            log.warn("The broker takes no messages: {}", reason);
            blocked = true;
        }

        @Override
        public void handleUnblocked() {
            log.warn("The broker takes messages again");
            blocked = false;
        }
    }
}
