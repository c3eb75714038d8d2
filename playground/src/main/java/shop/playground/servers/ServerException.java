package shop.playground.servers;

import org.jspecify.annotations.Nullable;

/** A server that does not do what was asked. The message begins with one sentence that says what to do about it. */
public final class ServerException extends RuntimeException {

    private static final long serialVersionUID = 1;

    public ServerException(String message) {
        this(message, null);
    }

    public ServerException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
