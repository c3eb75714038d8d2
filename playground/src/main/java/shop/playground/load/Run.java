package shop.playground.load;

import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** The errands of one run: whose turn it is, who pauses, and how long answers took. Of one thread, but for its end. */
final class Run {

    private static final long TICK_MILLIS = 1;

    private final EventLoop thread;
    private final Iterator<? extends Errand> fresh;
    private final Pace pace;
    private final long patience;
    private final PriorityQueue<Pause> paused =
            new PriorityQueue<>(Comparator.comparing(Pause::until, (one, other) -> Long.signum(one - other)));
    private final List<Connection> connections = new ArrayList<>();
    private final ArrayDeque<Connection> idle = new ArrayDeque<>();
    private final Histogram latencies = new Histogram(3);
    private final CompletableFuture<Measured> over = new CompletableFuture<>();
    private final long begin = System.nanoTime();
    private long end = begin;
    private int underWay;
    private long answers;
    private long errors;

    Run(EventLoop thread, Iterator<? extends Errand> fresh, Pace pace, Duration patience) {
        this.thread = thread;
        this.fresh = fresh;
        this.pace = pace;
        this.patience = patience.toNanos();
    }

    private record Pause(Errand errand, long until) {}

    /** An errand's request under way, and since when. */
    record Turn(Errand errand, long since, long deadline) {}

    Measured await() {
        return over.join();
    }

    void stop() {
        thread.execute(this::finish);
    }

    void begin(List<Connection> all) {
        thread.execute(() -> {
            connections.addAll(all);
            idle.addAll(all);
            tick();
            var unused = thread.scheduleAtFixedRate(this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
        });
    }

    /** The connection can take a request. */
    void ready(Connection connection) {
        idle.addLast(connection);
        serve();
    }

    /** As {@link #ready}, but not at once. */
    void readyAfter(int millis, Connection connection) {
        var unused = thread.schedule(() -> ready(connection), millis, TimeUnit.MILLISECONDS);
    }

    void answered(Turn turn, Reply reply) {
        settle(turn, () -> {
            answers++;
            latencies.recordValue(Math.max(0, TimeUnit.NANOSECONDS.toMicros(end - turn.since())));
            return turn.errand().heard(reply);
        });
    }

    void failed(Turn turn) {
        settle(turn, () -> {
            errors++;
            return turn.errand().unheard();
        });
    }

    private void settle(Turn turn, Supplier<Optional<Duration>> judgement) {
        if (over.isDone()) {
            return; // the figures are somebody else's by now
        }
        end = System.nanoTime();
        underWay--;
        try {
            judgement
                    .get()
                    .ifPresent(pause -> paused.add(new Pause(turn.errand(), System.nanoTime() + pause.toNanos())));
        } catch (RuntimeException e) {
            fail(e);
        }
    }

    private @Nullable Turn nextTurn() {
        long now = System.nanoTime();
        if (!pace.allows(now)) {
            return null;
        }
        Pause due = paused.peek();
        if (due != null && due.until() - now <= 0) {
            paused.remove();
            long meant = pace.take(now);
            return turn(due.errand(), meant - due.until() > 0 ? meant : due.until(), now);
        }
        if (fresh.hasNext()) {
            Errand errand = fresh.next();
            return turn(errand, pace.take(now), now);
        }
        pace.skip(now);
        return null;
    }

    private Turn turn(Errand errand, long since, long now) {
        underWay++;
        return new Turn(errand, since, now + patience);
    }

    private void tick() {
        long now = System.nanoTime();
        connections.forEach(connection -> connection.expire(now));
        serve();
    }

    /** Gives idle connections what may begin by now. */
    private void serve() {
        try {
            while (!over.isDone() && !idle.isEmpty()) {
                Turn turn = nextTurn();
                if (turn == null) {
                    if (underWay == 0 && paused.isEmpty() && !fresh.hasNext()) {
                        finish();
                    }
                    return;
                }
                idle.removeFirst().send(turn);
            }
        } catch (RuntimeException e) {
            fail(e);
        }
    }

    private void fail(RuntimeException failure) {
        over.completeExceptionally(failure);
        finish();
    }

    private void finish() {
        over.complete(new Measured(answers, errors, Duration.ofNanos(end - begin), latencies));
        connections.forEach(Connection::close);
    }
}
