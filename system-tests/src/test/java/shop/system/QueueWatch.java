package shop.system;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import shop.playground.servers.Broker;

/** Looks at a queue again and again, to know the most that it ever held. */
final class QueueWatch implements AutoCloseable {
    private static final int PAUSE_MILLIS = 5;
    private static final int LOOKS_PER_FIGURE = 50; // the broker counts what consumers hold once a second

    private final Broker broker;
    private final String queue;
    private final AtomicLong mostReady = new AtomicLong();
    private final AtomicLong mostMessages = new AtomicLong();
    private final CountDownLatch over = new CountDownLatch(1);
    private final CompletableFuture<Void> watch;

    private QueueWatch(Broker broker, String queue) {
        this.broker = broker;
        this.queue = queue;
        this.watch = CompletableFuture.runAsync(
                () -> broker.with(channel -> {
                    for (int look = 0; !isOver(); look++) {
                        mostReady.accumulateAndGet(channel.messageCount(queue), Math::max);
                        if (look % LOOKS_PER_FIGURE == 0) {
                            mostMessages.accumulateAndGet(messages(), Math::max);
                        }
                    }
                    return null;
                }),
                task -> new Thread(task, "watch").start());
    }

    /** From now on, until it is closed. */
    static QueueWatch of(Broker broker, String queue) {
        return new QueueWatch(broker, queue);
    }

    private boolean isOver() throws IOException {
        try {
            return over.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private long messages() {
        return broker.queues().stream()
                .filter(one -> one.getName().equals(queue))
                .findAny()
                .orElseThrow()
                .getTotalMessages();
    }

    /** Messages that waited at a time, at most. */
    long mostReady() {
        return mostReady.get();
    }

    /** Messages that waited or were in a consumer's hands at a time, at most. */
    long mostMessages() {
        return mostMessages.get();
    }

    /** Waits until the broker's figures, which are up to a second old, have once told of that many. */
    void awaitMessages(long number) {
        await().atMost(Duration.ofSeconds(30)).until(this::mostMessages, most -> most >= number);
    }

    @Override
    public void close() {
        over.countDown();
        watch.join();
    }
}
