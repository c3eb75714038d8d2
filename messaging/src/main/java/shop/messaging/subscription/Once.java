package shop.messaging.subscription;

/** Does the work of a message, unless it was done before. */
@FunctionalInterface
interface Once {

    /** Tells whether the work was done now. */
    boolean once(String queue, String messageId, Runnable work);
}
