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
 * <p>Each order is looked at once here, in their line. What somebody has locked then, has a payment without an answer, or is
 * in a batch that fails, is left to its own message.
 */
@Component
class UnpaidTogether {
    private static final Logger log = LoggerFactory.getLogger(UnpaidTogether.class);
    private static final int BATCH = 200; // for some ten milliseconds, its sales are locked
    private static final UUID FIRST = new UUID(0, 0);

    private final Orders orders;
    private final Ordering ordering;
    private final ReentrantLock looking = new ReentrantLock();

    private Orders.Due seen = new Orders.Due(Instant.EPOCH, FIRST); // up to here

    UnpaidTogether(Orders orders, Ordering ordering) {
        this.orders = orders;
        this.ordering = ordering;
    }

    /** Gives up a batch of what came due since then, unless another thread is at it, or nothing did: a message may come early. */
    void giveUp(Instant since) {
        Instant now = Now.instant();
        if (since.isAfter(now) || !looking.tryLock()) {
            return;
        }
        try {
            if (since.isAfter(seen.payBefore())) {
                seen = new Orders.Due(since, FIRST);
            }
            List<Orders.Due> due = orders.due(seen, now, BATCH);
            if (!due.isEmpty()) {
                seen = due.get(due.size() - 1);
                ordering.giveUpUnpaid(due.stream().map(Orders.Due::id).toList());
            }
        } catch (RuntimeException e) {
            log.warn("Orders that are due cannot be given up together, now one by one: {}", e.toString());
        } finally {
            looking.unlock();
        }
    }
}
