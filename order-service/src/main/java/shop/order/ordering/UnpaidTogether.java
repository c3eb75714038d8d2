package shop.order.ordering;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import shop.order.Now;

/**
 * Gives up together what comes due together. After a flash sale that is thousands of orders, each with a message of its own:
 * one by one, each with a commit while the sale is locked, the last would be late by many seconds.
 *
 * <p>One thread at a time goes along the line of unpaid orders, whenever a message comes. What somebody has locked then, or
 * has a payment without an answer, is passed and left to its own message. A batch that fails is halved, until an order fails
 * alone; then that is passed, too.
 */
@Component
class UnpaidTogether {
    private static final Logger log = LoggerFactory.getLogger(UnpaidTogether.class);
    private static final int BATCH = 200; // for some ten milliseconds, its sales are locked
    private static final UUID LAST = new UUID(-1, -1);

    private final Orders orders;
    private final Ordering ordering;
    private final ReentrantLock going = new ReentrantLock(); // guards what follows

    private Orders.Due passed = new Orders.Due(Instant.EPOCH, LAST);
    private int batch = BATCH;

    UnpaidTogether(Orders orders, Ordering ordering) {
        this.orders = orders;
        this.ordering = ordering;
    }

    /** Gives up what is due, batch by batch, unless another thread is at it. Never fails. */
    void giveUp() {
        if (!going.tryLock()) {
            return;
        }
        try {
            boolean more;
            do {
                more = goOn();
            } while (more);
        } catch (RuntimeException e) {
            log.warn("Unpaid orders cannot be looked for, each waits for its own message: {}", e.toString());
        } finally {
            going.unlock();
        }
    }

    /** Tells whether a batch was given up, behind which are more. */
    private boolean goOn() {
        Instant now = present();
        List<Orders.Due> due = orders.due(passed, now, batch);
        boolean more = due.size() == batch;
        boolean done = due.isEmpty() || givenUp(due);
        if (done || due.size() == 1) {
            passed = more ? due.get(due.size() - 1) : new Orders.Due(now, LAST);
        }
        return done && more;
    }

    private boolean givenUp(List<Orders.Due> due) {
        try {
            ordering.giveUpDue(due.stream().map(Orders.Due::id).toList());
            batch = Math.min(2 * batch, BATCH);
            return true;
        } catch (RuntimeException e) {
            log.warn("{} unpaid orders cannot be given up together: {}", due.size(), e.toString());
            batch = Math.max(due.size() / 2, 1);
            return false;
        }
    }

    /** By whichever clock is behind: a clock that is ahead must not cut anybody's time short. */
    private Instant present() {
        Instant ours = Now.instant();
        Instant theirs = orders.now();
        return ours.isBefore(theirs) ? ours : theirs;
    }
}
