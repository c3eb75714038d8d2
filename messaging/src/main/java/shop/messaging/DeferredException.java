package shop.messaging;

/** It is not this message's time: it comes again after the shortest retry delay, and that counts as no attempt. */
public class DeferredException extends RuntimeException {

    public DeferredException(String reason) {
        super(reason);
    }

    /** Because of what is away; its reason is also this one's. */
    public DeferredException(UnavailableException cause) {
        super(cause.getMessage(), cause);
    }
}
