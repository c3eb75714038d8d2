package shop.messaging.outbox;

import java.time.Clock;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/** Says how far the relay is behind. It is never down: orders are taken while the broker is away. */
record OutboxHealth(OutboxMetrics metrics, Clock clock) implements HealthIndicator {

    @Override
    public Health health() {
        return metrics.backlog()
                .map(backlog -> Health.up()
                        .withDetail("pending", backlog.pending())
                        .withDetail("oldestAge", backlog.age(clock.instant()).toString())
                        .withDetail("parked", backlog.parked())
                        .build())
                .orElseGet(() -> Health.unknown()
                        .withDetail("waiting", "for the database")
                        .build());
    }
}
