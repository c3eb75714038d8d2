package shop.messaging.outbox;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;
import shop.messaging.publishing.Outcome;

/**
 * What an operator sees of the outbox: {@code outbox.pending}, {@code outbox.oldest.age} and {@code outbox.parked}, NaN
 * while the database is away, and {@code outbox.published} by outcome. The database is asked at most once in five
 * seconds, however many ask.
 */
final class OutboxMetrics {
    private static final Logger log = LoggerFactory.getLogger(OutboxMetrics.class);
    private static final Duration FRESH = Duration.ofSeconds(5);

    private final MeterRegistry meters;
    private final Supplier<Backlog> source;
    private final Clock clock;

    private Optional<Backlog> backlog = Optional.empty();
    private Instant asked = Instant.MIN;

    OutboxMetrics(MeterRegistry meters, Supplier<Backlog> source, Clock clock) {
        this.meters = meters;
        this.source = source;
        this.clock = clock;
        gauge("outbox.pending", "Messages that wait to be published", Backlog::pending);
        gauge("outbox.parked", "Messages that can never be published", Backlog::parked);
        TimeGauge.builder("outbox.oldest.age", this, TimeUnit.SECONDS, metrics -> metrics.value(this::ageInSeconds))
                .description("How long ago the oldest message happened that waits to be published")
                .register(meters);
    }

    private void gauge(String name, String description, ToDoubleFunction<Backlog> value) {
        Gauge.builder(name, this, metrics -> metrics.value(value))
                .description(description)
                .register(meters);
    }

    private double value(ToDoubleFunction<Backlog> value) {
        return backlog().map(known -> value.applyAsDouble(known)).orElse(Double.NaN);
    }

    private double ageInSeconds(Backlog known) {
        return known.age(clock.instant()).toMillis() / 1000.0;
    }

    /** The backlog as it was within the last five seconds; nothing while the database is away. */
    synchronized Optional<Backlog> backlog() {
        if (asked.plus(FRESH).isBefore(clock.instant())) {
            try {
                backlog = Optional.of(source.get());
            } catch (DataAccessException | TransactionException e) {
                log.debug("The outbox's backlog is not known now", e);
                backlog = Optional.empty();
            }
            asked = clock.instant();
        }
        return backlog;
    }

    void published(Outcome outcome, int count) {
        meters.counter("outbox.published", "outcome", outcome.name().toLowerCase(Locale.ROOT))
                .increment(count);
    }
}
