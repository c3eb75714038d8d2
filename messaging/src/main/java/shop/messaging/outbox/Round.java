package shop.messaging.outbox;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import shop.messaging.publishing.Outcome;

/**
 * Publishes some messages of one shard: those of different aggregates side by side, of one aggregate each only when its
 * predecessor is confirmed. What ended otherwise holds back what follows it in its aggregate, and nothing else.
 */
final class Round {
    private final Function<OutboxTable.Row, CompletableFuture<Outcome>> publisher;
    private final Runnable renewal;
    private final long renewalInterval;
    private final long end;

    /** What is left of each aggregate whose last message was confirmed, or that has not begun. */
    private final Queue<Queue<OutboxTable.Row>> ready = new ArrayDeque<>();

    private final BlockingQueue<Answer> answers = new LinkedBlockingQueue<>();
    private final List<OutboxTable.Row> confirmed = new ArrayList<>();
    private final Map<OutboxTable.Row, Outcome> stuck = new LinkedHashMap<>();
    private final Map<OutboxTable.Row, String> hopeless = new LinkedHashMap<>();

    private int inFlight;
    private boolean connected = true;
    private long renewed = System.nanoTime();

    /**
     * @param publisher as {@link shop.messaging.publishing.ConfirmedPublisher#publish} does it
     * @param renewal renews the lease on the shard, or throws when it is lost
     * @param lease how long the shard stays ours without a renewal
     */
    Round(Function<OutboxTable.Row, CompletableFuture<Outcome>> publisher, Runnable renewal, Duration lease) {
        this.publisher = publisher;
        this.renewal = renewal;
        this.renewalInterval = lease.toNanos() / 4;
        this.end = renewed + lease.toNanos() / 2;
    }

    /**
     * Publishes and waits for the answers. After half a lease, or when the connection broke, it begins nothing more.
     *
     * @param rows in the order of their appending
     * @throws RuntimeException of the renewal: the shard is lost, and with it the right to say what became of its messages
     */
    void publish(List<OutboxTable.Row> rows) {
        Map<String, Queue<OutboxTable.Row>> aggregates = new HashMap<>();
        for (OutboxTable.Row row : rows) {
            Queue<OutboxTable.Row> aggregate = aggregates.get(row.aggregate());
            if (aggregate == null) {
                aggregate = new ArrayDeque<>();
                aggregates.put(row.aggregate(), aggregate);
                ready.add(aggregate);
            }
            aggregate.add(row);
        }
        while (goesOn() || inFlight > 0) {
            renewWhenDue();
            if (goesOn()) {
                publishHead(ready.remove());
            }
            Answer answer = nextAnswer();
            if (answer != null) {
                settle(answer);
            }
        }
    }

    /** Those that the broker has. */
    List<OutboxTable.Row> confirmed() {
        return confirmed;
    }

    /** Those that are to be tried again, with what became of them. */
    Map<OutboxTable.Row, Outcome> stuck() {
        return stuck;
    }

    /** Those that can never be sent, with the reason. */
    Map<OutboxTable.Row, String> hopeless() {
        return hopeless;
    }

    private boolean goesOn() {
        return connected && !ready.isEmpty() && System.nanoTime() < end;
    }

    private void renewWhenDue() {
        if (System.nanoTime() - renewed > renewalInterval) {
            renewal.run();
            renewed = System.nanoTime();
        }
    }

    private void publishHead(Queue<OutboxTable.Row> aggregate) {
        OutboxTable.Row row = aggregate.remove();
        try {
            var unused = publisher.apply(row).thenAccept(outcome -> answers.add(new Answer(row, outcome, aggregate)));
            inFlight++;
        } catch (IllegalArgumentException neverToBeSent) {
            hopeless.put(row, String.valueOf(neverToBeSent.getMessage()));
            readyUnlessEmpty(aggregate);
        }
    }

    /** Waits for one only when nothing can be published meanwhile. */
    private @Nullable Answer nextAnswer() {
        if (goesOn() || inFlight == 0) {
            return answers.poll();
        }
        try {
            return answers.poll(renewalInterval, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while messages are in flight", e);
        }
    }

    private void settle(Answer answer) {
        inFlight--;
        if (answer.outcome() == Outcome.CONFIRMED) {
            confirmed.add(answer.row());
            readyUnlessEmpty(answer.aggregate());
        } else {
            stuck.put(answer.row(), answer.outcome());
            connected &= answer.outcome() != Outcome.UNSENT && answer.outcome() != Outcome.UNKNOWN;
        }
    }

    private void readyUnlessEmpty(Queue<OutboxTable.Row> aggregate) {
        if (!aggregate.isEmpty()) {
            ready.add(aggregate);
        }
    }

    private record Answer(OutboxTable.Row row, Outcome outcome, Queue<OutboxTable.Row> aggregate) {}
}
