package shop.web;

import org.springframework.http.HttpStatus;
import org.springframework.web.ErrorResponseException;

/** A failure that the client is told about, as a problem detail (RFC 9457). */
public final class ProblemException extends ErrorResponseException {

    /**
     * Names a failure.
     *
     * @param slug the stable name of this kind of failure: the last part of the problem's type
     * @param detail a sentence for a person; it says what to do where something can be done
     */
    public ProblemException(HttpStatus status, String slug, String detail) {
        super(status, Problems.of(status, slug, detail), null);
    }

    /** It is an answer that many may get at a time, and nobody asks where it came from. */
    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }

    /** Adds a property to the problem. */
    public ProblemException with(String name, Object value) {
        getBody().setProperty(name, value);
        return this;
    }

    /** Adds a header to the answer. */
    public ProblemException header(String name, String value) {
        getHeaders().add(name, value);
        return this;
    }
}
