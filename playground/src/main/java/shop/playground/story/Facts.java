package shop.playground.story;

import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;
import shop.playground.client.UnexpectedException;
import shop.playground.console.Screen;

/** Keeps count of what came true, and shows every claim as it is settled. */
final class Facts {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration POLL = Duration.ofMillis(200);

    private final Screen screen;
    private int wrong;

    Facts(Screen screen) {
        this.screen = screen;
    }

    boolean allTrue() {
        return wrong == 0;
    }

    /**
     * Tries it; what follows in the chapter builds on it.
     *
     * @param claim what is then told of it
     * @throws ChapterOver where it failed, which has been told by then
     */
    <T> T need(String claim, Supplier<T> attempt) {
        screen.open(claim);
        T result;
        try {
            result = attempt.get();
        } catch (UnexpectedException | CompletionException e) {
            deny(claim, UnexpectedException.why(e));
            throw new ChapterOver();
        }
        screen.right(claim);
        return result;
    }

    /** Tries it; the chapter goes on either way. */
    void see(String claim, Runnable attempt) {
        screen.open(claim);
        try {
            attempt.run();
        } catch (UnexpectedException | CompletionException e) {
            deny(claim, UnexpectedException.why(e));
            return;
        }
        screen.right(claim);
    }

    void see(String claim, boolean holds, String otherwise) {
        see(claim, () -> {
            if (!holds) {
                throw new UnexpectedException(otherwise);
            }
        });
    }

    private void deny(String claim, String why) {
        wrong++;
        screen.wrong(claim, why);
    }

    /** Asks again and again until the answer is as hoped, for a minute at most; a question that fails is asked again, too. */
    static <T> T eventually(Supplier<T> question, Predicate<T> hope) {
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

    /** Ends a chapter whose next step makes no sense any more. */
    static final class ChapterOver extends RuntimeException {

        private static final long serialVersionUID = 1;

        ChapterOver() {
            super(null, null, false, false);
        }
    }
}
