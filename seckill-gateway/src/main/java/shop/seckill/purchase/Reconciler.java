package shop.seckill.purchase;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;
import org.springframework.stereotype.Component;
import shop.messaging.publishing.Outcome;
import shop.seckill.SeckillProperties;
import shop.seckill.broker.CommandQueue;
import shop.seckill.sale.KnownSales;
import shop.seckill.sale.Recounts;

/**
 * Looks after what nobody else does: publishes again the purchases whose confirm or outcome was not heard, and begins the
 * recount of sales that Redis has lost. Nothing relies on its being quick, nor on its being the only one.
 */
@Component
final class Reconciler implements SmartLifecycle {
    private static final Logger log = LoggerFactory.getLogger(Reconciler.class);
    private static final Duration LONGEST_BETWEEN_ROUNDS = Duration.ofSeconds(1);
    private static final Duration BETWEEN_EXCHANGES = Duration.ofSeconds(3);
    private static final int SALES_A_ROUND = 1_000;
    private static final int TICKETS_OF_A_SALE = 100;
    private static final int THREADS = 2; // a look at a broker that hangs must not keep the rounds waiting
    private static final UUID FIRST = new UUID(0, 0);

    private final KnownSales known;
    private final Recounts recounts;
    private final Tickets tickets;
    private final QueuedTickets queued;
    private final PurchaseQueue purchases;
    private final CommandQueue queue;
    private final QueueLook look;
    private final Duration betweenRounds;
    private final String gateway = UUID.randomUUID().toString();

    private UUID last = FIRST;
    private volatile @Nullable ThreadPoolTaskScheduler scheduler;

    Reconciler(
            KnownSales known,
            Recounts recounts,
            Tickets tickets,
            QueuedTickets queued,
            PurchaseQueue purchases,
            CommandQueue queue,
            SeckillProperties properties) {
        this.known = known;
        this.recounts = recounts;
        this.tickets = tickets;
        this.queued = queued;
        this.purchases = purchases;
        this.queue = queue;
        this.look = new QueueLook(properties.reconcileAfter(), System::nanoTime);
        Duration often = properties.reconcileAfter().dividedBy(4);
        this.betweenRounds = often.compareTo(LONGEST_BETWEEN_ROUNDS) < 0 ? often : LONGEST_BETWEEN_ROUNDS;
    }

    private void look() {
        long begun = System.nanoTime();
        look.note(begun, queue.ready());
    }

    private void exchange() {
        await(known.exchange());
        await(recounts.askForAll());
    }

    private void round() {
        List<UUID> sales = known.after(last, SALES_A_ROUND);
        if (sales.isEmpty()) {
            return;
        }
        last = sales.get(sales.size() - 1);
        int limit = look.isSeen() ? TICKETS_OF_A_SALE : 0; // an attempt that cannot be published is wasted
        boolean empty = look.isEmpty();
        await(all(sales.stream().map(sale -> round(sale, limit, empty)).toList()));
    }

    private CompletableFuture<Void> round(UUID sale, int limit, boolean queueEmpty) {
        return tickets.overdue(sale, gateway, queueEmpty, limit)
                .thenCompose(overdue ->
                        overdue.uncounted() ? recounts.begin(sale) : retry(sale, overdue.tickets(), queueEmpty));
    }

    private CompletableFuture<Void> retry(UUID sale, List<Ticket> overdue, boolean queueEmpty) {
        if (!overdue.isEmpty()) {
            log.info("Of the sale {}, {} tickets are overdue", sale, overdue.size());
        }
        return all(overdue.stream().map(ticket -> retry(ticket, queueEmpty)).toList());
    }

    /** Not waiting for the broker: its answer comes when it comes, and only a confirm changes anything. */
    private CompletableFuture<Void> retry(Ticket ticket, boolean queueEmpty) {
        return tickets.retry(ticket, queueEmpty)
                .thenAccept(taken -> taken.ifPresent(attempt -> {
                    log.debug("Publishing {} again, attempt {}", ticket, attempt.number());
                    var unused = purchases
                            .publish(attempt)
                            .thenCompose(outcome -> outcome == Outcome.CONFIRMED
                                    ? queued.add(ticket)
                                    : CompletableFuture.completedFuture(null));
                }));
    }

    private static CompletableFuture<Void> all(List<? extends CompletableFuture<?>> these) {
        return CompletableFuture.allOf(these.toArray(CompletableFuture[]::new));
    }

    private static void await(CompletableFuture<?> work) {
        try {
            work.join();
        } catch (CompletionException away) {
            log.debug("Redis does not serve; the next round tries again", away);
        }
    }

    @Override
    public void start() {
        ThreadPoolTaskScheduler started = new ThreadPoolTaskScheduler();
        started.setPoolSize(THREADS);
        started.setThreadNamePrefix("reconcile-");
        started.setDaemon(true);
        started.initialize();
        every(betweenRounds, this::look, started);
        every(betweenRounds, this::round, started);
        every(BETWEEN_EXCHANGES, this::exchange, started);
        scheduler = started;
    }

    private static void every(Duration pause, Runnable work, ThreadPoolTaskScheduler scheduler) {
        var unused = scheduler.scheduleWithFixedDelay(work, pause);
    }

    @Override
    public void stop() {
        ThreadPoolTaskScheduler started = scheduler;
        scheduler = null;
        if (started != null) {
            started.shutdown();
        }
    }

    @Override
    public boolean isRunning() {
        return scheduler != null;
    }

    /** After Redis is there, and stopped before it goes. */
    @Override
    public int getPhase() {
        return DEFAULT_PHASE;
    }
}
