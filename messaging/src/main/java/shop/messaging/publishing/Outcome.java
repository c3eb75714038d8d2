package shop.messaging.publishing;

/** What became of a message that was published. */
public enum Outcome {
    /** The broker has taken responsibility: the message is in every queue it was routed to, on disk where they are durable. */
    CONFIRMED,
    /** The broker said no: a queue is full under {@code reject-publish}, or lost its leader for a moment. */
    NACKED,
    /** The broker said no: no queue is bound for this key. */
    RETURNED,
    /** There was no connection to write to, or the broker was in alarm: it cannot have the message. */
    UNSENT,
    /** No answer came. The broker may or may not have the message; whoever tries again must bear the repetition. */
    UNKNOWN;

    /** Whether it is certain that no queue has the message. */
    public boolean refused() {
        return this == NACKED || this == RETURNED || this == UNSENT;
    }
}
