package shop.messaging.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.health.contributor.Status;
import org.springframework.dao.DataAccessResourceFailureException;
import shop.messaging.publishing.Outcome;

class OutboxMetricsTest {
    private static final Instant NOON = Instant.parse("2026-05-01T12:00:00Z");

    private final MeterRegistry meters = new SimpleMeterRegistry();
    private final Supplier<Backlog> source = mock();
    private final AtomicReference<Instant> now = new AtomicReference<>(NOON);
    private final Clock clock = mock();
    private final OutboxMetrics metrics = new OutboxMetrics(meters, source, clock);
    private final OutboxHealth health = new OutboxHealth(metrics, clock);

    @BeforeEach
    void timePassesAsTold() {
        given(clock.instant()).willAnswer(call -> now.get());
        given(source.get()).willReturn(new Backlog(3, NOON.minusSeconds(90), 1));
    }

    @Test
    void sayHowFarTheRelayIsBehind() {
        assertThat(gauge("outbox.pending")).isEqualTo(3);
        assertThat(gauge("outbox.oldest.age")).isEqualTo(90);
        assertThat(gauge("outbox.parked")).isEqualTo(1);
    }

    @Test
    void sayThatNothingWaits() {
        given(source.get()).willReturn(new Backlog(0, null, 0));
        assertThat(gauge("outbox.oldest.age")).isZero();
    }

    @Test
    void countWhatBecameOfMessages() {
        metrics.published(Outcome.CONFIRMED, 5);
        metrics.published(Outcome.NACKED, 1);
        assertThat(meters.counter("outbox.published", "outcome", "confirmed").count())
                .isEqualTo(5);
        assertThat(meters.counter("outbox.published", "outcome", "nacked").count())
                .isEqualTo(1);
    }

    @Test
    void askTheDatabaseOnceInFiveSecondsHoweverManyAsk() {
        sayHowFarTheRelayIsBehind();
        health.health();
        verify(source, times(1)).get();
        now.set(NOON.plus(Duration.ofSeconds(6)));
        assertThat(gauge("outbox.oldest.age")).isEqualTo(96);
        verify(source, times(2)).get();
    }

    @Test
    void knowNothingWhileTheDatabaseIsAway() {
        given(source.get()).willThrow(new DataAccessResourceFailureException("refused"));
        assertThat(gauge("outbox.pending")).isNaN();
        assertThat(health.health().getStatus()).isEqualTo(Status.UNKNOWN);
    }

    @Test
    void areNoReasonToStopTheServiceHoweverManyWait() {
        given(source.get()).willReturn(new Backlog(100_000, NOON.minusSeconds(3_600), 7));
        assertThat(health.health().getStatus()).isEqualTo(Status.UP);
        assertThat(health.health().getDetails())
                .containsEntry("pending", 100_000L)
                .containsEntry("oldestAge", "PT1H")
                .containsEntry("parked", 7L);
    }

    private double gauge(String name) {
        return meters.get(name).gauge().value();
    }
}
