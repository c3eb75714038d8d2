package shop.messaging.outbox;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How far a relay is behind.
 *
 * @param pending messages that wait to be published, counted up to {@value OutboxTable#MAX_COUNT}
 * @param oldest when the oldest of them happened, if there is one
 * @param parked messages that can never be published, for an operator to see to
 */
record Backlog(long pending, @Nullable Instant oldest, long parked) {

    /** How long ago the oldest message happened; zero when none waits. */
    Duration age(Instant now) {
        return oldest == null || oldest.isAfter(now) ? Duration.ZERO : Duration.between(oldest, now);
    }
}
