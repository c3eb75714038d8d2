package shop.messaging.inbox;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.context.event.EventListener;
import org.springframework.jdbc.core.JdbcTemplate;
import shop.messaging.schema.SchemaReady;

/**
 * Forgets, once in a while, messages that were handled longer ago than anything is replayed. In small batches, whose locks
 * and log are small, too, and which several instances share.
 */
final class InboxCleanup implements DisposableBean {
    private static final Logger log = LoggerFactory.getLogger(InboxCleanup.class);
    private static final int BATCH = 1_000;

    private final JdbcTemplate jdbc;
    private final Duration remember;
    private final Duration every;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread daemon = new Thread(work, "inbox-cleanup");
        daemon.setDaemon(true);
        return daemon;
    });

    InboxCleanup(JdbcTemplate jdbc, Duration remember, Duration every) {
        this.jdbc = jdbc;
        this.remember = remember;
        this.every = every;
    }

    @EventListener(SchemaReady.class)
    void start() {
        // Instances that start together do not clean together.
        long first = ThreadLocalRandom.current().nextLong(every.toMillis());
        var unused =
                thread.scheduleWithFixedDelay(this::cleanWhenPossible, first, every.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void cleanWhenPossible() {
        try {
            clean();
        } catch (RuntimeException away) {
            log.warn("The inbox cannot be cleaned now, trying again later: {}", away.toString());
        }
    }

    /** Deletes all that may be forgotten, batch by batch. */
    int clean() {
        int deleted = 0;
        int batch;
        do {
            batch = jdbc.update("""
                    delete from inbox where ctid = any (array(
                        select ctid from inbox
                        where handled_at < now() - ? * interval '1 ms'
                        order by handled_at limit ? for update skip locked))""", remember.toMillis(), BATCH);
            deleted += batch;
        } while (batch == BATCH && !thread.isShutdown());
        return deleted;
    }

    @Override
    public void destroy() {
        thread.shutdownNow();
    }
}
