package shop.messaging.subscription;

/**
 * What a subscriber does with one type of message. It returns when the work is done, and throws when it is not: the
 * message is then tried again, later, and parked in the end.
 */
@FunctionalInterface
public interface Handler<T> {

    void on(T message) throws Exception;
}
