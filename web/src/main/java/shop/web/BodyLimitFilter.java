package shop.web;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Takes in each body before anybody looks at it, and refuses what is too large, or does not come in time. A server's own
 * timeout is for each read: who sends a byte now and then would keep a thread for days. Nor may all threads be kept by who
 * does so: requests without a body go on.
 */
final class BodyLimitFilter extends OncePerRequestFilter {
    private static final int LIMIT = 64 * 1024;
    private static final int THROWN_AWAY = 1024 * 1024;

    private final ProblemWriter problems;
    private final Duration patience;
    private final Semaphore places;
    private final LongSupplier nanoTime;

    /**
     * Sets it up.
     *
     * @param patience within which the whole body has to come
     * @param atOnce bodies that may be on their way at the same time: each takes a thread, and no token was asked for yet
     */
    BodyLimitFilter(ProblemWriter problems, Duration patience, int atOnce) {
        this(problems, patience, atOnce, System::nanoTime);
    }

    BodyLimitFilter(ProblemWriter problems, Duration patience, int atOnce, LongSupplier nanoTime) {
        this.problems = problems;
        this.patience = patience;
        this.places = new Semaphore(atOnce);
        this.nanoTime = nanoTime;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        long length = request.getContentLengthLong();
        if (length == 0 || (length < 0 && request.getHeader(HttpHeaders.TRANSFER_ENCODING) == null)) {
            chain.doFilter(request, response);
            return;
        }
        if (!places.tryAcquire()) {
            response.setHeader(HttpHeaders.RETRY_AFTER, "1");
            refuse(tooMany(), response);
            return;
        }
        Intake intake = new Intake(request.getInputStream());
        try {
            ProblemDetail problem = intake.problem(length);
            if (problem != null) {
                refuse(problem, response);
                intake.throwAway();
                return;
            }
        } finally {
            places.release();
        }
        chain.doFilter(new TakenIn(request, intake.bytes()), response);
    }

    private void refuse(ProblemDetail problem, HttpServletResponse response) throws IOException {
        response.setHeader(HttpHeaders.CONNECTION, "close"); // nobody serves what comes behind it
        problems.write(problem, response);
        response.flushBuffer();
    }

    private static ProblemDetail tooMany() {
        return Problems.of(
                HttpStatus.SERVICE_UNAVAILABLE, "unavailable", "Too many bodies are on their way; try again.");
    }

    private static ProblemDetail tooLarge() {
        return Problems.of(
                HttpStatus.CONTENT_TOO_LARGE, "too-large", "A body may have %,d bytes at most.".formatted(LIMIT));
    }

    private ProblemDetail tooSlow() {
        return Problems.of(
                HttpStatus.REQUEST_TIMEOUT,
                "too-slow",
                "A body has to be here within %d seconds.".formatted(patience.toSeconds()));
    }

    /** Reads a body for as long as there is patience for it. */
    private final class Intake {
        private final InputStream body;
        private final long begun = nanoTime.getAsLong();
        private final ByteArrayOutputStream taken = new ByteArrayOutputStream();
        private final byte[] some = new byte[4096];

        private Intake(InputStream body) {
            this.body = body;
        }

        private @Nullable ProblemDetail problem(long declared) {
            try {
                if (declared > LIMIT || !takes(LIMIT)) {
                    return tooLarge();
                }
                return isLate() ? tooSlow() : null;
            } catch (SocketTimeoutException silent) {
                return tooSlow();
            } catch (IOException broken) {
                return Problems.of(HttpStatus.BAD_REQUEST, "The body did not come through.");
            }
        }

        /** Who still sends does not hear the answer. */
        private void throwAway() {
            try {
                boolean unused = takes(THROWN_AWAY);
            } catch (IOException gone) {
                logger.debug("A client is gone", gone);
            }
        }

        /** Reads on, and tells whether that was the end of it, or of patience, before there was more than so much. */
        private boolean takes(int atMost) throws IOException {
            while (taken.size() <= atMost) {
                int read = isLate() ? -1 : body.read(some);
                if (read < 0) {
                    return true;
                }
                taken.write(some, 0, read);
            }
            return false;
        }

        private boolean isLate() {
            return nanoTime.getAsLong() - begun > patience.toNanos();
        }

        private byte[] bytes() {
            return taken.toByteArray();
        }
    }

    private static final class TakenIn extends HttpServletRequestWrapper {
        private final ServletInputStream body;

        private TakenIn(HttpServletRequest request, byte[] body) {
            super(request);
            this.body = new Body(body);
        }

        @Override
        public ServletInputStream getInputStream() {
            return body;
        }

        @Override
        public BufferedReader getReader() {
            return new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8));
        }
    }

    private static final class Body extends ServletInputStream {
        private final ByteArrayInputStream bytes;

        private Body(byte[] bytes) {
            this.bytes = new ByteArrayInputStream(bytes);
        }

        @Override
        public int read() {
            return bytes.read();
        }

        @Override
        public int read(byte[] target, int offset, int length) {
            return bytes.read(target, offset, length);
        }

        @Override
        public boolean isFinished() {
            return bytes.available() == 0;
        }

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void setReadListener(ReadListener listener) {
            throw new IllegalStateException("All of it is here: read it");
        }
    }
}
