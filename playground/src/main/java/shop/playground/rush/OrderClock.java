package shop.playground.rush;

import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import shop.playground.client.Operator;
import shop.playground.client.UnexpectedException;

/** Sees when the last order of a sale came to be in the database, to a quarter of a second: it asks so often. */
final class OrderClock implements AutoCloseable {

    private static final long LOOK_MILLIS = 250;

    private final Operator operator;
    private final String sale;
    private final long begin = System.nanoTime();
    private final ScheduledExecutorService looking = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "orders");
        thread.setDaemon(true);
        return thread;
    });
    private volatile int orders;
    private volatile long last = begin;

    OrderClock(Operator operator, String sale) {
        this.operator = operator;
        this.sale = sale;
        var unused = looking.scheduleWithFixedDelay(this::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }

    int orders() {
        return orders;
    }

    /** From the beginning to the last order. */
    Duration took() {
        return Duration.ofNanos(last - begin);
    }

    private void look() {
        try {
            int now = operator.balance(sale).ordered();
            if (now != orders) {
                orders = now;
                last = System.nanoTime();
            }
        } catch (CompletionException | UnexpectedException e) {
            // the shop is busy: it is asked again
        }
    }

    @Override
    public void close() {
        looking.shutdownNow();
    }
}
