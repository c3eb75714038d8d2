package shop.order;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** The present, as exact as the database keeps it: what is read again later is what was said at first. */
public final class Now {

    private Now() {}

    public static Instant instant() {
        return millis(Instant.now());
    }

    /** A time as exact as we keep it. */
    public static Instant millis(Instant time) {
        return time.truncatedTo(ChronoUnit.MILLIS);
    }
}
