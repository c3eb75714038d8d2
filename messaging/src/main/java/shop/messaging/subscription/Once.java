package shop.messaging.subscription;

/** Does the work of a message, unless it was done before. */
@FunctionalInterface
interface Once {

    boolean once(String queue, String messageId, Runnable work);
}
