package shop.messaging.schema;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.flywaydb.core.Flyway;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.flyway.autoconfigure.FlywayMigrationStrategy;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.SmartLifecycle;

/**
 * Brings the schema up to date beside the start of the service instead of in its way: a service whose database is
 * absent comes up, says in its health that it waits, and goes on by itself when the database is there.
 */
final class Migrations implements FlywayMigrationStrategy, SmartLifecycle, HealthIndicator {
    private static final Logger log = LoggerFactory.getLogger(Migrations.class);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final List<Flyway> ofTheService = new CopyOnWriteArrayList<>();
    private final Flyway ofTheMessaging;
    private final Runnable whenDone;
    private final CountDownLatch stopped = new CountDownLatch(1);

    private volatile boolean running;
    private volatile boolean done;
    private volatile String waitingFor = "not begun";

    Migrations(Flyway ofTheMessaging, Runnable whenDone) {
        this.ofTheMessaging = ofTheMessaging;
        this.whenDone = whenDone;
    }

    /** Boot asks for the service's own schema here, before the context is up. */
    @Override
    public void migrate(Flyway flyway) {
        ofTheService.add(flyway);
    }

    @Override
    public void start() {
        running = true;
        Thread thread = new Thread(this::run, "migrations");
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        while (running && !migrated()) {
            if (pauseUnlessStopped()) {
                return;
            }
        }
        if (done) {
            whenDone.run();
        }
    }

    private boolean migrated() {
        try {
            ofTheService.forEach(Flyway::migrate); // these insist on an empty schema at their first time
            ofTheMessaging.migrate();
            done = true;
        } catch (RuntimeException e) {
            waitingFor = String.valueOf(e.getMessage()).lines().findFirst().orElse(e.toString());
            log.warn("The schema cannot be brought up to date yet, trying again: {}", waitingFor);
        }
        return done;
    }

    private boolean pauseUnlessStopped() {
        try {
            return stopped.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    @Override
    public void stop() {
        running = false;
        stopped.countDown();
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public Health health() {
        return done
                ? Health.up().build()
                : Health.down().withDetail("waiting", waitingFor).build();
    }
}
