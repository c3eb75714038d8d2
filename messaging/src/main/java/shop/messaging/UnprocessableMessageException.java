package shop.messaging;

/** A message that no repetition can help: it is parked at once, with this exception's message as the reason. */
public class UnprocessableMessageException extends RuntimeException {

    public UnprocessableMessageException(String reason) {
        super(reason);
    }

    public UnprocessableMessageException(String reason, Throwable cause) {
        super(reason, cause);
    }
}
