package shop.playground.console;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;

/** A line when it begins and one when it is over: for files and pipes. */
final class Line implements Progress {

    private final Screen screen;
    private final String task;
    private final int steps;
    private final AtomicInteger done = new AtomicInteger();
    private final Instant begin = Instant.now();

    Line(Screen screen, String task, int steps) {
        this.screen = screen;
        this.task = task;
        this.steps = steps;
        screen.aside(task + " …");
    }

    @Override
    public void step() {
        done.incrementAndGet();
    }

    @Override
    public void note(String message) {
        // what is gone in a moment is no line in a file
    }

    @Override
    public void close() {
        double seconds = Duration.between(begin, Instant.now()).toMillis() / 1000.0;
        screen.aside(String.format(Locale.ROOT, "%s: %,d of %,d in %.1f s", task, done.get(), steps, seconds));
    }
}
