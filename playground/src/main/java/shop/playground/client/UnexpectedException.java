package shop.playground.client;

import java.util.concurrent.CompletionException;

/** Something that the story claims and that is not so; the message says what was found instead. */
public final class UnexpectedException extends RuntimeException {

    private static final long serialVersionUID = 1;

    public UnexpectedException(String message) {
        super(message);
    }

    /** What went wrong, without the wrapping of asynchronous calls. */
    public static String why(Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause instanceof UnexpectedException && cause.getMessage() != null
                ? cause.getMessage()
                : cause.toString();
    }
}
