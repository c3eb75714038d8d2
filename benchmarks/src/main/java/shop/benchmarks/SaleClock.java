package shop.benchmarks;

import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Sees how the last unit of a sale is ordered, and the last ticket settled. It looks every 20 ms, with a thread of its own. */
final class SaleClock {
    private static final Duration LOOK = Duration.ofMillis(20);
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final DeliveredShop shop;
    private final UUID sale;
    private final int units;
    private final long deadline = System.nanoTime() + PATIENCE.toNanos();

    private SaleClock(DeliveredShop shop, UUID sale, int units) {
        this.shop = shop;
        this.sale = sale;
        this.units = units;
    }

    /**
     * When it was seen, in {@link System#nanoTime}.
     *
     * @param first the first orders in the database
     * @param afterFirst the orders that were not there yet
     * @param ordered the last order in the database
     * @param settled no ticket was pending any more: the gateways had heard of every outcome
     */
    record Seen(long first, int afterFirst, long ordered, long settled) {

        /** From the first order to the last. */
        double ordersPerSecond() {
            return afterFirst / ((ordered - first) / 1e9);
        }

        double secondsToSettled() {
            return (settled - first) / 1e9;
        }
    }

    /** Of a sale that will be sold out, and has no order yet. */
    static CompletableFuture<Seen> watch(DeliveredShop shop, UUID sale, int units) {
        SaleClock clock = new SaleClock(shop, sale, units);
        CompletableFuture<Seen> seen = new CompletableFuture<>();
        Thread thread = new Thread(() -> seen.completeAsync(clock::see, Runnable::run), "sale-clock");
        thread.setDaemon(true);
        thread.start();
        return seen;
    }

    private Seen see() {
        await(() -> shop.left(sale) < units);
        int afterFirst = shop.left(sale);
        long first = System.nanoTime();
        await(() -> shop.left(sale) == 0);
        long ordered = System.nanoTime();
        await(() -> shop.pending(sale) == 0);
        return new Seen(first, afterFirst, ordered, System.nanoTime());
    }

    private void await(BooleanSupplier fact) {
        while (!fact.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("%,d units are left, %,d tickets pending after %s"
                        .formatted(shop.left(sale), shop.pending(sale), PATIENCE));
            }
            LockSupport.parkNanos(LOOK.toNanos());
        }
    }
}
