package shop.messaging.outbox;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageBuilder;
import org.springframework.amqp.core.MessageDeliveryMode;
import org.springframework.amqp.core.MessageProperties;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.EventListener;
import org.springframework.transaction.support.TransactionTemplate;
import shop.messaging.MessagingProperties;
import shop.messaging.publishing.ConfirmedPublisher;
import shop.messaging.publishing.Outcome;
import shop.messaging.schema.SchemaReady;

/**
 * Publishes what is in the outbox. It wakes when a transaction commits and once a second, takes a shard, publishes
 * its messages side by side but those of one aggregate one after the other, and marks what the broker confirmed.
 * Anything else is tried again, for ever.
 */
final class Relay implements SmartLifecycle {
    private static final Logger log = LoggerFactory.getLogger(Relay.class);
    private static final int DELETE_BATCH = 1_000;

    /** A round ends in time for its transaction: PostgreSQL takes the shard's lock from one that is idle for 10 s. */
    private static final Duration ROUND = Duration.ofSeconds(3);

    private final OutboxTable outbox;
    private final TransactionTemplate transactions;
    private final ConfirmedPublisher publisher;
    private final String exchange;
    private final String appId;
    private final MessagingProperties.Outbox settings;
    private final Semaphore work;

    private volatile boolean running;
    private volatile Thread thread = new Thread();

    Relay(
            OutboxTable outbox,
            TransactionTemplate transactions,
            ConfirmedPublisher publisher,
            String exchange,
            String appId,
            MessagingProperties.Outbox settings,
            Semaphore work) {
        this.outbox = outbox;
        this.transactions = transactions;
        this.publisher = publisher;
        this.exchange = exchange;
        this.appId = appId;
        this.settings = settings;
        this.work = work;
    }

    @Override
    public boolean isAutoStartup() {
        return false; // it needs its tables
    }

    @Override
    @EventListener(SchemaReady.class)
    public void start() {
        running = true;
        thread = new Thread(this::run, "outbox-relay");
        thread.start();
    }

    @Override
    public void stop() {
        running = false;
        work.release();
        try {
            thread.join(TimeUnit.SECONDS.toMillis(10));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Stops after the consumers, whose work fills the outbox, and before the web server and the connections. */
    @Override
    public int getPhase() {
        return DEFAULT_PHASE - 512;
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    private void run() {
        while (running) {
            try {
                if (!relay()) {
                    outbox.deleteSent(settings.keep(), DELETE_BATCH);
                    awaitWork();
                }
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                log.warn("The outbox cannot be relayed now, trying again: {}", e.toString());
                pause();
            }
        }
    }

    private void awaitWork() throws InterruptedException {
        if (work.tryAcquire(settings.poll().toMillis(), TimeUnit.MILLISECONDS)) {
            work.drainPermits();
        }
    }

    private void pause() {
        try {
            work.tryAcquire(Integer.MAX_VALUE, settings.poll().toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether something was published, so that there may be more. */
    private boolean relay() {
        boolean progress = false;
        for (int shard : outbox.dueShards()) {
            progress |= Boolean.TRUE.equals(transactions.execute(status -> relay(shard)));
        }
        return progress;
    }

    private boolean relay(int shard) {
        if (!outbox.lock(shard)) {
            return false;
        }
        List<OutboxTable.Row> rest = outbox.unpublished(shard, settings.batch());
        List<OutboxTable.Row> confirmed = new ArrayList<>();
        Map<OutboxTable.Row, Outcome> stuck = new LinkedHashMap<>();
        long end = System.nanoTime() + ROUND.toNanos();
        while (!rest.isEmpty() && !stuck.containsValue(Outcome.UNSENT) && System.nanoTime() < end) {
            List<OutboxTable.Row> later = new ArrayList<>();
            publishHeads(rest, later).forEach((row, published) -> {
                Outcome outcome = published.join();
                if (outcome == Outcome.CONFIRMED) {
                    confirmed.add(row);
                } else {
                    stuck.put(row, outcome);
                }
            });
            rest = later.stream()
                    .filter(row -> stuck.keySet().stream().noneMatch(row::follows))
                    .toList();
        }
        outbox.markPublished(confirmed);
        postpone(stuck);
        return !confirmed.isEmpty();
    }

    /** Publishes the first message of each aggregate, as long as there is a connection, and leaves the others for later. */
    private Map<OutboxTable.Row, CompletableFuture<Outcome>> publishHeads(
            List<OutboxTable.Row> rows, List<OutboxTable.Row> later) {
        Map<OutboxTable.Row, CompletableFuture<Outcome>> published = new LinkedHashMap<>();
        Set<String> begun = new HashSet<>();
        for (OutboxTable.Row row : rows) {
            if (begun.add(row.aggregate())) {
                CompletableFuture<Outcome> outcome = publisher.publish(exchange, row.routingKey(), message(row));
                published.put(row, outcome);
                if (outcome.getNow(Outcome.UNKNOWN) == Outcome.UNSENT) {
                    break; // each further one would wait for a connection in vain
                }
            } else {
                later.add(row);
            }
        }
        return published;
    }

    private void postpone(Map<OutboxTable.Row, Outcome> stuck) {
        stuck.keySet().forEach(row -> {
            Duration wait = settings.backoff().multipliedBy(1L << Math.min(row.attempts(), 20));
            outbox.postpone(row, wait.compareTo(settings.maxBackoff()) < 0 ? wait : settings.maxBackoff());
        });
        if (!stuck.isEmpty()) {
            log.warn(
                    "{} messages were not confirmed and are published again later: {}",
                    stuck.size(),
                    EnumSet.copyOf(stuck.values()));
        }
    }

    private Message message(OutboxTable.Row row) {
        return MessageBuilder.withBody(row.body())
                .setContentType(MessageProperties.CONTENT_TYPE_JSON)
                .setMessageId(row.messageId().toString())
                .setType(row.routingKey())
                .setAppId(appId)
                .setTimestamp(row.occurredAt())
                .setCorrelationId(row.aggregate())
                .setDeliveryMode(MessageDeliveryMode.PERSISTENT)
                .build();
    }
}
