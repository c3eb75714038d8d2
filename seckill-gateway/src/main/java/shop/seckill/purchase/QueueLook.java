package shop.seckill.purchase;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/**
 * What was seen of the capped queue lately. It is taken for empty when nothing was ready in it twice in a row, both times
 * within the given time: so a purchase that was confirmed longer ago than that has left it.
 */
final class QueueLook {
    private final long lately;
    private final LongSupplier nanoTime;

    private boolean seen;
    private boolean emptyBefore;
    private boolean emptyTwice;
    private long lastBegun;
    private long lastButOneBegun;

    QueueLook(Duration lately, LongSupplier nanoTime) {
        this.lately = lately.toNanos();
        this.nanoTime = nanoTime;
    }

    /** Notes what was ready in the queue, looked at from this time on; nothing where it could not be seen. */
    synchronized void note(long begun, OptionalLong ready) {
        boolean empty = ready.isPresent() && ready.getAsLong() == 0;
        emptyTwice = empty && emptyBefore;
        emptyBefore = empty;
        seen = ready.isPresent();
        lastButOneBegun = lastBegun;
        lastBegun = begun;
    }

    /** Whether the queue could be seen. */
    synchronized boolean isSeen() {
        return seen && isRecent(lastBegun);
    }

    synchronized boolean isEmpty() {
        return emptyTwice && isRecent(lastButOneBegun);
    }

    private boolean isRecent(long begun) {
        return nanoTime.getAsLong() - begun < lately;
    }
}
