package shop.benchmarks;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import org.springframework.context.ApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import shop.messaging.Ids;
import shop.messaging.outbox.Outbox;
import shop.messaging.outbox.OutboxMessage;

/** Events that are appended while the relay rests, and then relayed. */
final class OutboxRun {
    static final String ROUTING_KEY = "benchmark.happened";

    private static final int APPENDERS = 4;
    private static final int EVENTS_PER_TRANSACTION = 4;
    private static final String FILLER = "x".repeat(400);

    private final int aggregates;
    private final int eventsEach;
    private final Outbox outbox;
    private final SmartLifecycle relay;
    private final TransactionTemplate transactions;
    private final JdbcTemplate jdbc;

    OutboxRun(ApplicationContext context, int aggregates, int eventsEach) {
        this.aggregates = aggregates;
        this.eventsEach = eventsEach;
        this.outbox = context.getBean(Outbox.class);
        this.relay = context.getBean("outboxRelay", SmartLifecycle.class);
        this.transactions = new TransactionTemplate(context.getBean(PlatformTransactionManager.class));
        this.jdbc = context.getBean(JdbcTemplate.class);
    }

    record Happened(UUID eventId, Instant occurredAt, String aggregate, int version, String filler) {}

    /** How large the body of such an event is. */
    int bodyBytes() {
        relay.stop();
        transactions.executeWithoutResult(status -> outbox.append(event(0, 0)));
        Integer bytes = jdbc.queryForObject("select max(length(body)) from outbox", Integer.class);
        jdbc.update("truncate outbox");
        return bytes == null ? 0 : bytes;
    }

    /** From the relay's start until the last event is confirmed and marked. */
    double eventsPerSecond() throws InterruptedException, ExecutionException {
        relay.stop();
        append();
        long begun = System.nanoTime();
        relay.start();
        while (Boolean.TRUE.equals(jdbc.queryForObject(
                "select exists (select from outbox where published_at is null and parked_at is null)",
                Boolean.class))) {
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
        }
        return aggregates * eventsEach / ((System.nanoTime() - begun) / 1e9);
    }

    int events() {
        return aggregates * eventsEach;
    }

    private void append() throws InterruptedException, ExecutionException {
        ExecutorService appenders = Executors.newFixedThreadPool(APPENDERS);
        try {
            for (int version = 0; version < eventsEach; version++) {
                List<Future<?>> all = new ArrayList<>();
                for (int first = 0; first < aggregates; first += EVENTS_PER_TRANSACTION) {
                    List<OutboxMessage> together = new ArrayList<>();
                    for (int number = first; number < Math.min(aggregates, first + EVENTS_PER_TRANSACTION); number++) {
                        together.add(event(number, version));
                    }
                    all.add(appenders.submit(
                            () -> transactions.executeWithoutResult(status -> outbox.append(together))));
                }
                for (Future<?> one : all) {
                    one.get();
                }
            }
        } finally {
            appenders.shutdown();
        }
    }

    private static OutboxMessage event(int number, int version) {
        UUID id = Ids.next();
        Instant now = Instant.now();
        String aggregate = "aggregate-" + number;
        return new OutboxMessage(id, now, ROUTING_KEY, aggregate, new Happened(id, now, aggregate, version, FILLER));
    }
}
