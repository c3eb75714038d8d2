package shop.seckill.broker;

import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.AmqpException;
import org.springframework.amqp.core.Message;
import shop.messaging.publishing.ConfirmedPublisher;
import shop.messaging.publishing.Outcome;

/**
 * Publishes on one thread and one channel, in the order in which it is asked to. The channel is kept for as long as more
 * comes or a confirm is owed: what one thread publishes side by side would otherwise open a channel for nearly each message.
 */
final class Writer {
    private static final Logger log = LoggerFactory.getLogger(Writer.class);
    private static final int WAITING = 10_000;
    private static final Duration IDLE = Duration.ofMillis(100);

    private final ConfirmedPublisher publisher;
    private final Duration patience;
    private final BlockingQueue<Letter> waiting = new ArrayBlockingQueue<>(WAITING);
    private final AtomicInteger unconfirmed = new AtomicInteger();
    private final Thread thread = new Thread(this::run, "publish");

    private volatile boolean running;

    Writer(ConfirmedPublisher publisher, Duration patience) {
        this.publisher = publisher;
        this.patience = patience;
    }

    void start() {
        running = true;
        thread.start();
    }

    /** Writes what waits, and ends; waits for that no longer than anybody would for a confirm. */
    void stop() {
        running = false;
        try {
            thread.join(patience.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** As {@link ConfirmedPublisher#publish}, but {@code UNSENT}, too, when it could not be written in time. Never blocks. */
    CompletableFuture<Outcome> publish(String exchange, String routingKey, Message message) {
        Letter letter = new Letter(exchange, routingKey, message, System.nanoTime(), new CompletableFuture<>());
        return running && waiting.offer(letter)
                ? letter.answer.thenCompose(Function.identity())
                : CompletableFuture.completedFuture(Outcome.UNSENT);
    }

    private void run() {
        while (running || !waiting.isEmpty()) {
            Letter letter = next();
            if (letter != null) {
                writeFrom(letter);
            }
        }
    }

    private @Nullable Letter next() {
        try {
            return waiting.poll(IDLE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            running = false;
            return null;
        }
    }

    private void writeFrom(Letter first) {
        try {
            publisher.onOneChannel(() -> {
                Letter next = first;
                boolean works = true;
                while (works && (next != null || (running && unconfirmed.get() > 0))) {
                    works = next == null || write(next);
                    next = works ? next() : null;
                }
                return works;
            });
        } catch (AmqpException noChannel) {
            first.answer(Outcome.UNSENT);
        } catch (RuntimeException | Error e) { // out of memory, say: not even that ends the publishing
            log.error("A message could not be published", e);
            first.answer(Outcome.UNKNOWN);
        }
    }

    /** Whether the channel may be used again. */
    private boolean write(Letter letter) {
        if (System.nanoTime() - letter.since > patience.toNanos()) {
            letter.answer(Outcome.UNSENT);
            return true;
        }
        try {
            CompletableFuture<Outcome> outcome = publisher.publish(letter.exchange, letter.routingKey, letter.message);
            unconfirmed.incrementAndGet();
            letter.answer.complete(outcome.whenComplete((known, never) -> unconfirmed.decrementAndGet()));
            Outcome soFar = outcome.getNow(Outcome.CONFIRMED);
            return soFar != Outcome.UNSENT && soFar != Outcome.UNKNOWN;
        } catch (RuntimeException | Error e) {
            letter.answer(Outcome.UNKNOWN);
            throw e;
        }
    }

    /** A message to be written, and what was made of it: not there before it is written. */
    private record Letter(
            String exchange,
            String routingKey,
            Message message,
            long since,
            CompletableFuture<CompletableFuture<Outcome>> answer) {

        /** Unless it has its answer. */
        void answer(Outcome outcome) {
            answer.complete(CompletableFuture.completedFuture(outcome));
        }
    }
}
