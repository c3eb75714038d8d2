package shop.seckill.purchase;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;
import org.springframework.stereotype.Component;
import shop.seckill.SeckillProperties;

/**
 * Buyers who wait for the outcomes of their tickets; none of them holds a thread. An outcome that this gateway hears ends
 * the wait at once. Each outcome is heard by one gateway only, so one look at Redis, twice a second and for all
 * together, finds what the others heard.
 *
 * <p>A buyer who goes away is not noticed before the wait is over, and waits no longer than that.
 */
@Component
final class Waiting implements SmartLifecycle {
    private static final Logger log = LoggerFactory.getLogger(Waiting.class);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(500);

    private final Tickets tickets;
    private final int limit;
    private final AtomicInteger number = new AtomicInteger();
    private final Map<Ticket, List<CompletableFuture<Void>>> waits = new ConcurrentHashMap<>();

    private volatile @Nullable ThreadPoolTaskScheduler looks;

    Waiting(Tickets tickets, SeckillProperties properties, MeterRegistry metrics) {
        this.tickets = tickets;
        this.limit = properties.maxWaiting();
        Gauge.builder("seckill.waiting", number, AtomicInteger::get)
                .description("Buyers who wait for the outcome of their ticket")
                .register(metrics);
    }

    /**
     * Waits until the ticket has an outcome or is no more, or the time is over; not at all where as many wait as may, or
     * the gateway stops. Which of these it was is not said. Never completes exceptionally.
     */
    CompletableFuture<Void> forOutcome(Ticket ticket, Duration atMost) {
        if (number.incrementAndGet() > limit) {
            number.decrementAndGet();
            return CompletableFuture.completedFuture(null);
        }
        CompletableFuture<Void> wait = new CompletableFuture<>();
        waits.compute(ticket, (same, others) -> {
            List<CompletableFuture<Void>> all = others == null ? new ArrayList<>(1) : others;
            all.add(wait);
            return all;
        });
        CompletableFuture<Void> over = wait.completeOnTimeout(null, atMost.toMillis(), TimeUnit.MILLISECONDS)
                .whenComplete((nothing, failure) -> forget(ticket, wait));
        if (!isRunning()) {
            wait.complete(null);
        }
        return over;
    }

    private void forget(Ticket ticket, CompletableFuture<Void> wait) {
        number.decrementAndGet();
        waits.computeIfPresent(ticket, (same, all) -> {
            all.removeIf(other -> other == wait);
            return all.isEmpty() ? null : all;
        });
    }

    /** Ends the waits for this ticket: it has its outcome. */
    void heard(Ticket ticket) {
        List<CompletableFuture<Void>> over = waits.remove(ticket);
        if (over != null) {
            over.forEach(wait -> wait.complete(null));
        }
    }

    /** Ends the waits for the tickets that are pending no more. */
    void look() {
        Map<UUID, List<Ticket>> bySale = waits.keySet().stream().collect(Collectors.groupingBy(Ticket::sale));
        bySale.forEach((sale, waiting) -> {
            var unused = tickets.settled(sale, waiting).whenComplete((settled, failure) -> {
                if (failure == null) {
                    settled.forEach(this::heard);
                } else {
                    log.debug("The tickets of {} could not be looked at, trying again", sale, failure);
                }
            });
        });
    }

    @Override
    public void start() {
        ThreadPoolTaskScheduler scheduler = new ThreadPoolTaskScheduler();
        scheduler.setThreadNamePrefix("waiting-");
        scheduler.setDaemon(true);
        scheduler.initialize();
        var unused = scheduler.scheduleWithFixedDelay(this::look, BETWEEN_LOOKS);
        looks = scheduler;
    }

    @Override
    public void stop() {
        ThreadPoolTaskScheduler scheduler = looks;
        looks = null;
        if (scheduler != null) {
            scheduler.shutdown();
        }
        waits.keySet().forEach(this::heard);
    }

    @Override
    public boolean isRunning() {
        return looks != null;
    }

    /** Stopped before the web server, which otherwise would wait for all of them. */
    @Override
    public int getPhase() {
        return DEFAULT_PHASE;
    }
}
