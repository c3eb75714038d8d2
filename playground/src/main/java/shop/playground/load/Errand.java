package shop.playground.load;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What somebody wants of a server: one request after the other, until it is over. A {@link Load} calls all errands of a
 * run from one thread, and waits for none of them: they must not block.
 */
public interface Errand {

    Optional<Duration> OVER = Optional.empty();
    Optional<Duration> AT_ONCE = Optional.of(Duration.ZERO);

    Request request();

    /**
     * The request is answered. What this throws ends the whole run.
     *
     * @return after which time to send the next {@link #request}, or {@link #OVER}
     */
    Optional<Duration> heard(Reply reply);

    /** The request has no answer: refused, reset, or late. Returns as {@link #heard} does. */
    Optional<Duration> unheard();

    /** A single request; without an answer it is over, too. */
    static Errand once(Request request, Consumer<Reply> answered) {
        return new Errand() {
            @Override
            public Request request() {
                return request;
            }

            @Override
            public Optional<Duration> heard(Reply reply) {
                answered.accept(reply);
                return OVER;
            }

            @Override
            public Optional<Duration> unheard() {
                return OVER;
            }
        };
    }
}
