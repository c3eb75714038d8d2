package shop.playground.load;

import java.time.Duration;
import org.HdrHistogram.Histogram;

/**
 * What a run has shown.
 *
 * @param errors requests without an answer; their latencies are in none of the figures
 * @param took from the first request to the last answer
 * @param latencies of the answers, in microseconds, to three digits
 */
public record Measured(long answers, long errors, Duration took, Histogram latencies) {

    /** Answers a second. */
    public double rate() {
        return took.isZero() ? 0 : answers / (took.toNanos() / 1e9);
    }

    /** That so many percent of the answers were as fast as, or faster; nothing where there is no answer. */
    public Duration percentile(double percent) {
        return micros(latencies.getValueAtPercentile(percent));
    }

    public Duration max() {
        return micros(latencies.getMaxValue());
    }

    private static Duration micros(long micros) {
        return Duration.ofNanos(micros * 1_000);
    }
}
