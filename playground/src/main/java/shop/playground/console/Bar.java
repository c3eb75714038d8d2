package shop.playground.console;

import java.io.PrintStream;
import java.time.Duration;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** A bar that moves: for terminals. */
final class Bar implements Progress {

    private static final int WIDTH = 100;

    private final ProgressBar bar;

    Bar(PrintStream out, String task, int steps, boolean timeLeft) {
        ProgressBarBuilder builder = new ProgressBarBuilder()
                .setTaskName("  " + task)
                .setInitialMax(steps)
                .setStyle(ProgressBarStyle.UNICODE_BLOCK)
                .setUpdateIntervalMillis(100)
                .setMaxRenderedLength(WIDTH)
                .setConsumer(new ConsoleProgressBarConsumer(out, WIDTH))
                .startsFrom(0, Duration.ZERO);
        this.bar = (timeLeft ? builder : builder.hideEta()).build();
    }

    @Override
    public void step() {
        bar.step();
    }

    @Override
    public void note(String message) {
        bar.setExtraMessage(" " + message);
    }

    @Override
    public void close() {
        bar.close();
    }
}
