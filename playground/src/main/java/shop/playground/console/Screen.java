package shop.playground.console;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where the playground tells what happens. Safe to use from several threads. */
public final class Screen {

    /** To the begin of the line, which is then empty. */
    private static final String CLEAR = "\r\u001b[K";

    private static final String BOLD = "1";
    private static final String DIM = "2";
    private static final String RED = "31";
    private static final String GREEN = "32";

    private final PrintStream out;
    private final @Nullable PrintStream bars;
    private final boolean colour;

    /**
     * @param bars where to draw progress bars, a terminal; they become lines where there is none
     * @param colour whether to use ANSI colours
     */
    public Screen(PrintStream out, @Nullable PrintStream bars, boolean colour) {
        this.out = out;
        this.bars = bars;
        this.colour = colour;
    }

    /** Standard output: colour (unless <a href="https://no-color.org">NO_COLOR</a> says no) and bars on a terminal only. */
    public static Screen standard() {
        if (!isTerminal()) {
            return new Screen(System.out, null, false);
        }
        String noColour = System.getenv("NO_COLOR");
        return new Screen(System.out, System.out, noColour == null || noColour.isEmpty());
    }

    /** Tells nothing: for tests, which have their own report. */
    public static Screen silent() {
        return new Screen(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8), null, false);
    }

    /** Asks Linux, since System.console() is there without a terminal, too, on some JDKs. */
    private static boolean isTerminal() {
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd/1")).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException e) {
            return false;
        }
    }

    public void title(String text) {
        print("\n" + paint(BOLD, text));
    }

    public void say(String text) {
        print("  " + text);
    }

    public void aside(String text) {
        print("  " + paint(DIM, text));
    }

    /** A claim that is being tried; it stays in sight until {@link #right} or {@link #wrong} settles it. */
    public void open(String claim) {
        if (isLive()) {
            synchronized (out) {
                out.print("  " + paint(DIM, "… " + claim));
                out.flush();
            }
        }
    }

    /** A fact that came true. */
    public void right(String claim) {
        print("  " + paint(GREEN, "✔") + " " + claim);
    }

    /** A fact that did not come true, and why. */
    public void wrong(String claim, @Nullable String why) {
        print("  " + paint(RED, "✘ " + claim) + (why == null ? "" : "\n      " + why.replace("\n", "\n      ")));
    }

    /** Rows of a name, a figure and a remark, the figures in one column. */
    public void table(List<Row> rows) {
        int name = rows.stream().mapToInt(row -> row.name().length()).max().orElse(0);
        int figure = rows.stream().mapToInt(row -> row.figure().length()).max().orElse(0);
        for (Row row : rows) {
            String line = "    %s  %s"
                    .formatted(
                            pad(row.name(), name),
                            " ".repeat(figure - row.figure().length()) + row.figure());
            print(row.remark().isEmpty() ? line : line + "  " + paint(DIM, row.remark()));
        }
    }

    /** A line of {@link #table}. */
    public record Row(String name, String figure, String remark) {}

    /** Begins to show how far something has come; close it when it is over. */
    public Progress progress(String task, int steps) {
        return progress(task, steps, false);
    }

    /** As {@link #progress}, with a guess of the time that is left: for steps that take about the same. */
    public Progress countdown(String task, int steps) {
        return progress(task, steps, true);
    }

    private Progress progress(String task, int steps, boolean timeLeft) {
        if (bars == null) {
            return new Line(this, task, steps);
        }
        bars.print(CLEAR);
        return new Bar(bars, task, steps, timeLeft);
    }

    void print(String text) {
        synchronized (out) {
            out.println(isLive() ? CLEAR + text : text);
            out.flush();
        }
    }

    /** Whether what is printed is a terminal, so that a line can be written over. */
    private boolean isLive() {
        return bars == out;
    }

    private String paint(String code, String text) {
        return colour ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
    }

    private static String pad(String text, int width) {
        return text + " ".repeat(width - text.length());
    }
}
