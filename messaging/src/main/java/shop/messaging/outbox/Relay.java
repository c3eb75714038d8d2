package shop.messaging.outbox;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
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
 *
 * <p>Each message first reaches the exchange after its predecessors, even if several relays work on one shard because
 * one of them was frozen and lost it: each of them publishes a message only when it knows its predecessor to be
 * confirmed. So what a relay adds late is a repetition of what is there already.
 */
final class Relay implements SmartLifecycle {
    private static final Logger log = LoggerFactory.getLogger(Relay.class);
    static final Duration STOP = Duration.ofSeconds(10);

    private final OutboxTable outbox;
    private final TransactionTemplate transactions;
    private final ConfirmedPublisher publisher;
    private final String exchange;
    private final String appId;
    private final MessagingProperties.Outbox settings;
    private final OutboxMetrics metrics;
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
            OutboxMetrics metrics,
            Semaphore work) {
        this.outbox = outbox;
        this.transactions = transactions;
        this.publisher = publisher;
        this.exchange = exchange;
        this.appId = appId;
        this.settings = settings;
        this.metrics = metrics;
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
            thread.join(STOP.toMillis());
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
        boolean troubled = false;
        while (running) {
            try {
                boolean progress = relay();
                if (troubled) {
                    troubled = false;
                    log.info("The outbox can be relayed again");
                }
                if (!progress) {
                    cleanUp();
                    awaitWork();
                }
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                if (!troubled) { // once, not every second of an outage
                    troubled = true;
                    log.warn("The outbox cannot be relayed now, and is tried again until it can: {}", e.toString());
                }
                pause();
            } catch (Error e) { // out of memory, say: not even that ends the publishing
                log.error("The outbox cannot be relayed now, and is tried again", e);
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

    /** Whether something was settled, so that there may be more. */
    private boolean relay() {
        boolean progress = false;
        for (int shard : outbox.dueShards()) {
            progress |= publisher.onOneChannel(() -> transactions
                    .execute(status -> relay(shard))
                    .map(this::counted)
                    .orElse(false));
            cleanUp(); // also under load, which may never end
        }
        return progress;
    }

    /** Without a round, another relay has the shard. */
    private Optional<Round> relay(int shard) {
        if (!outbox.lock(shard, settings.lease())) {
            return Optional.empty();
        }
        Round round = new Round(
                row -> publisher.publish(exchange, row.routingKey(), message(row)), outbox::renew, settings.lease());
        round.publish(outbox.unpublished(shard, settings.batch()));
        outbox.markPublished(round.confirmed());
        postpone(round.stuck());
        park(round.hopeless());
        return Optional.of(round);
    }

    /** After the commit, since what is rolled back is published again. Tells whether something was settled. */
    private boolean counted(Round round) {
        metrics.published(Outcome.CONFIRMED, round.confirmed().size());
        round.stuck().values().forEach(outcome -> metrics.published(outcome, 1));
        return !round.confirmed().isEmpty() || !round.hopeless().isEmpty();
    }

    private void cleanUp() {
        outbox.deleteSent(settings.keep(), 2 * settings.batch()); // faster than more can be sent
    }

    private void postpone(Map<OutboxTable.Row, Outcome> stuck) {
        if (stuck.isEmpty()) {
            return;
        }
        outbox.postpone(stuck.keySet(), row -> wait(row, stuck.get(row)));
        OutboxTable.Row first = stuck.keySet().iterator().next();
        log.warn(
                "{} messages were not confirmed and are published again later, the first is {} {}: {}",
                stuck.size(),
                first.routingKey(),
                first.messageId(),
                EnumSet.copyOf(stuck.values()));
    }

    private Duration wait(OutboxTable.Row row, @Nullable Outcome outcome) {
        Duration wait = settings.backoff().multipliedBy(1L << Math.min(row.attempts(), 20));
        // What no queue wants will be wanted when somebody binds one, which is not a matter of milliseconds.
        return outcome == Outcome.RETURNED || wait.compareTo(settings.maxBackoff()) > 0 ? settings.maxBackoff() : wait;
    }

    private void park(Map<OutboxTable.Row, String> hopeless) {
        hopeless.forEach((row, failure) -> {
            outbox.park(row, failure);
            log.error(
                    "{} {} can never be published and is parked in the outbox: {}",
                    row.routingKey(),
                    row.messageId(),
                    failure);
        });
    }

    private Message message(OutboxTable.Row row) {
        Message message = MessageBuilder.withBody(row.body())
                .setContentType(MessageProperties.CONTENT_TYPE_JSON)
                .setMessageId(row.messageId().toString())
                .setType(row.routingKey())
                .setAppId(appId)
                .setTimestamp(row.occurredAt())
                .setCorrelationId(row.aggregate())
                .setDeliveryMode(MessageDeliveryMode.PERSISTENT)
                .build();
        row.headers().forEach((name, value) -> message.getMessageProperties().setHeader(String.valueOf(name), value));
        return message;
    }
}
