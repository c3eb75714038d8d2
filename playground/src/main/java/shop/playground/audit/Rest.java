package shop.playground.audit;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import shop.playground.servers.ServerException;

/** The moment from which on nothing is on its way any more. */
final class Rest {

    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final Duration POLL = Duration.ofMillis(300);
    private static final Duration LENGTH = Duration.ofSeconds(2); // longer than the broker's figures are old

    private Rest() {}

    /**
     * Waits for it.
     *
     * @param busy what is on its way, in words
     * @param books what is wrong already: what never came to rest is mostly what was lost
     * @throws AssertionError with both after a minute
     */
    static void await(Supplier<Findings> busy, Supplier<Findings> books) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        long restingSince = System.nanoTime();
        Findings now = orAway(busy);
        while (!now.none() || System.nanoTime() - restingSince < LENGTH.toNanos()) {
            if (!now.none()) {
                restingSince = System.nanoTime();
            }
            if (!now.none() && System.nanoTime() > deadline) {
                throw new AssertionError("The shop did not come to rest in %d s:\n%s\nIts books until then:\n%s"
                        .formatted(PATIENCE.toSeconds(), now, orAway(books)));
            }
            LockSupport.parkNanos(POLL.toNanos());
            now = orAway(busy);
        }
    }

    private static Findings orAway(Supplier<Findings> telling) {
        try {
            return telling.get();
        } catch (ServerException away) {
            Findings nobody = new Findings();
            nobody.add(away.getMessage() + " " + away.getCause());
            return nobody;
        }
    }
}
