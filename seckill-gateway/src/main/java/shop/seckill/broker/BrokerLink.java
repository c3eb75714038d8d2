package shop.seckill.broker;

import com.rabbitmq.client.BlockedListener;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.AmqpException;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.rabbit.connection.Connection;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.amqp.rabbit.connection.ConnectionListener;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;
import org.springframework.stereotype.Component;
import shop.messaging.publishing.ConfirmedPublisher;
import shop.messaging.publishing.Outcome;
import shop.seckill.SeckillProperties;

/**
 * Publishes on threads of its own, since writing to a connection may block: on a full socket, on a reconnect. Without
 * any connection, or while the broker takes nothing (a memory or disk alarm), it says no at once; the consumers bring
 * theirs back, and then what is published its own.
 *
 * @see <a href="https://www.rabbitmq.com/docs/connection-blocked">Blocked connections</a>
 */
@Component
public final class BrokerLink implements ConnectionListener, DisposableBean {
    private static final Logger log = LoggerFactory.getLogger(BrokerLink.class);
    private static final int THREADS = 4;
    private static final int WAITING = 10_000;

    /** A confirm may come long after the buyer was told "unknown yet"; it still says what became of the ticket. */
    private static final Duration LATE = Duration.ofMinutes(1);

    private final RabbitTemplate rabbit;
    private final ConfirmedPublisher publisher;
    private final long patience;
    private final ThreadPoolExecutor threads = new ThreadPoolExecutor(
            THREADS,
            THREADS,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(WAITING),
            new CustomizableThreadFactory("publish-"));

    /** One to consume by and one to publish by, which come and go each by itself. */
    private final List<Line> lines = new CopyOnWriteArrayList<>();

    BrokerLink(
            ConnectionFactory connections,
            RabbitTemplate rabbit,
            ConfirmedPublisher publisher,
            SeckillProperties properties) {
        this.rabbit = rabbit;
        this.publisher = publisher.waiting(LATE);
        this.patience = properties.confirmTimeout().toNanos();
        connections.addConnectionListener(this);
    }

    /**
     * Publishes with a confirm.
     *
     * @return what became of it, never exceptionally: {@link Outcome#UNSENT} when it could not be written in time. Late
     *     answers of the broker come, too: who asked decides how long to wait
     */
    public CompletableFuture<Outcome> publish(String exchange, String routingKey, Message message) {
        if (!takesMessages()) {
            return CompletableFuture.completedFuture(Outcome.UNSENT);
        }
        long begun = System.nanoTime();
        return CompletableFuture.completedFuture(message)
                .thenComposeAsync(
                        sent -> System.nanoTime() - begun > patience
                                ? CompletableFuture.completedFuture(Outcome.UNSENT)
                                : publisher.publish(exchange, routingKey, sent),
                        threads)
                .exceptionally(failure -> tooMany(failure) ? Outcome.UNSENT : Outcome.UNKNOWN);
    }

    /** More messages wait to be written than ever could be in time. */
    private static boolean tooMany(Throwable failure) {
        return failure instanceof RejectedExecutionException
                || failure.getCause() instanceof RejectedExecutionException;
    }

    /** Publishes without a confirm what may be lost. */
    public void announce(String exchange, Message message) {
        if (takesMessages() && threads.getQueue().remainingCapacity() > 0) {
            threads.execute(() -> {
                try {
                    rabbit.send(exchange, "", message);
                } catch (AmqpException lost) {
                    log.debug("An announcement was lost", lost);
                }
            });
        }
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
        threads.shutdown();
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
