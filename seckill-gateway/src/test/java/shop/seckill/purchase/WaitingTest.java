package shop.seckill.purchase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import shop.seckill.SeckillProperties;

class WaitingTest {
    private static final Duration LONG = Duration.ofMinutes(5);
    private static final int LIMIT = 3;

    private final Tickets tickets = mock();
    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    private final Waiting waiting = new Waiting(
            tickets,
            new SeckillProperties(1, Duration.ofSeconds(1), LIMIT, Duration.ofSeconds(10), Duration.ofDays(1)),
            metrics);
    private final Ticket ticket = Ticket.next(UUID.randomUUID());
    private final Ticket other = Ticket.next(ticket.sale());

    @BeforeEach
    void pending() {
        when(tickets.settled(any(), any())).thenReturn(CompletableFuture.completedFuture(List.of()));
        waiting.start();
    }

    @AfterEach
    void stop() {
        waiting.stop();
    }

    @Test
    void endsWhenTheOutcomeIsHeard() {
        CompletableFuture<Void> first = waiting.forOutcome(ticket, LONG);
        CompletableFuture<Void> second = waiting.forOutcome(ticket, LONG);
        CompletableFuture<Void> another = waiting.forOutcome(other, LONG);

        waiting.heard(ticket);

        assertThat(first).isCompleted();
        assertThat(second).isCompleted();
        assertThat(another).isNotDone();
        assertThat(number()).isEqualTo(1);
    }

    @Test
    void endsWhenRedisKnowsTheOutcomeThatAnotherGatewayHeard() {
        CompletableFuture<Void> known = waiting.forOutcome(ticket, LONG);
        CompletableFuture<Void> pending = waiting.forOutcome(other, LONG);

        when(tickets.settled(any(), any())).thenReturn(CompletableFuture.completedFuture(List.of(ticket)));

        await().until(known::isDone);
        assertThat(pending).isNotDone();
        assertThat(number()).isEqualTo(1);
    }

    @Test
    void looksAgainWhenRedisWasAway() {
        when(tickets.settled(any(), any()))
                .thenReturn(CompletableFuture.failedFuture(new IllegalStateException("away")))
                .thenReturn(CompletableFuture.completedFuture(List.of(ticket)));

        CompletableFuture<Void> wait = waiting.forOutcome(ticket, LONG);

        await().until(wait::isDone);
    }

    @Test
    void endsWithTheTime() {
        CompletableFuture<Void> brief = waiting.forOutcome(ticket, Duration.ofMillis(1));
        CompletableFuture<Void> lasting = waiting.forOutcome(ticket, LONG);

        await().until(brief::isDone);
        assertThat(number()).isEqualTo(1);
        waiting.heard(ticket);
        assertThat(lasting).isCompleted();
    }

    @Test
    void isNotForMoreThanMay() {
        for (int number = 0; number < LIMIT; number++) {
            assertThat(waiting.forOutcome(ticket, LONG)).isNotDone();
        }

        assertThat(waiting.forOutcome(other, LONG)).isCompleted();

        waiting.heard(ticket);
        assertThat(waiting.forOutcome(other, LONG)).as("places are free again").isNotDone();
    }

    @Test
    void endsWhenTheGatewayStops() {
        CompletableFuture<Void> wait = waiting.forOutcome(ticket, LONG);

        waiting.stop();

        assertThat(wait).isCompleted();
        assertThat(waiting.forOutcome(ticket, LONG)).isCompleted();
        assertThat(number()).isZero();
    }

    private double number() {
        return metrics.get("seckill.waiting").gauge().value();
    }
}
