package shop.playground.story;

import java.util.concurrent.CompletionException;

/** Something that the story claims and that is not so; the message says what was found instead. */
public final class StoryException extends RuntimeException {

    private static final long serialVersionUID = 1;

    public StoryException(String message) {
        super(message);
    }

    /** What went wrong, without the wrapping of asynchronous calls. */
    static String why(Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause instanceof StoryException && cause.getMessage() != null ? cause.getMessage() : cause.toString();
    }
}
