package shop.playground.story;

import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import shop.playground.client.UnexpectedException;
import shop.playground.console.Screen;

/** Keeps count of what came true, and shows every claim as it is settled. */
final class Facts {

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

    /** Ends a chapter whose next step makes no sense any more. */
    static final class ChapterOver extends RuntimeException {

        private static final long serialVersionUID = 1;

        ChapterOver() {
            super(null, null, false, false);
        }
    }
}
