package shop.messaging;

/**
 * What the work needs is away or in trouble, and so the next message would fare no better: nothing is said about this
 * one. It is tried again, and a subscription that pauses while that lasts counts it.
 */
public class UnavailableException extends RuntimeException {

    public UnavailableException(String reason) {
        super(reason);
    }

    public UnavailableException(String reason, Throwable cause) {
        super(reason, cause);
    }
}
