package shop.messaging.subscription;

import java.util.Set;

/** The headers in which a message that failed carries its history. */
public final class FailureHeaders {
    /** How many deliveries failed so far. */
    public static final String ATTEMPTS = "attempts";

    /** Why the last one failed. */
    public static final String REASON = "failure-reason";

    /** The first lines of the last failure's stack trace. */
    public static final String STACK = "failure-stack";

    /** When the first delivery failed, in ISO 8601. */
    public static final String FIRST_FAILED_AT = "first-failed-at";

    /** When the last delivery failed, in ISO 8601. */
    public static final String LAST_FAILED_AT = "last-failed-at";

    /** The inbox queue from which the message came. */
    public static final String ORIGIN = "origin-queue";

    /** How often an operator sent it round again. */
    public static final String REPLAYED = "replayed";

    static final Set<String> HISTORY = Set.of(ATTEMPTS, REASON, STACK, FIRST_FAILED_AT, LAST_FAILED_AT, ORIGIN);

    private FailureHeaders() {}
}
