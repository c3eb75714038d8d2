package shop.playground.client;

import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** For what the shop does in its own time. */
public final class Eventually {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration POLL = Duration.ofMillis(200);

    private Eventually() {}

    /**
     * Asks again and again until the answer is as hoped; a question that fails is asked again, too.
     *
     * @throws UnexpectedException if it is not so within a minute
     */
    public static <T> T ask(Supplier<T> question, Predicate<T> hope) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            String found;
            try {
                T answer = question.get();
                if (hope.test(answer)) {
                    return answer;
                }
                found = String.valueOf(answer);
            } catch (UnexpectedException | CompletionException e) {
                found = UnexpectedException.why(e);
            }
            if (System.nanoTime() > deadline) {
                throw new UnexpectedException("still so after " + PATIENCE.toSeconds() + " s: " + found);
            }
            pause(POLL);
        }
    }

    private static void pause(Duration time) {
        try {
            TimeUnit.NANOSECONDS.sleep(time.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UnexpectedException("interrupted");
        }
    }
}
