package shop.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import shop.playground.servers.Guard;

/** What a Java process takes: of the machine once a second, and of its own heap after each collection. In MiB. */
final class Memory implements AutoCloseable {
    private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");
    private static final Pattern COLLECTED = Pattern.compile("->(\\d+)M\\((\\d+)M\\)");

    private static final double MAY_GROW = 1.25;

    private final Path log;
    private final List<Double> resident = new ArrayList<>();
    private final ScheduledExecutorService looking = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "memory");
        thread.setDaemon(true);
        return thread;
    });
    private int before;

    private Memory(Path log) {
        this.log = log;
    }

    /** Of a process that will be started with {@link #option}. */
    static Memory logged() {
        return new Memory(Guard.directory("collections").resolve("gc.log"));
    }

    /** Has the JVM note its collections. */
    String option() {
        return "-Xlog:gc:file=" + log + ":uptime:filecount=0";
    }

    /** Forgets what was until now. */
    void watch(long pid) {
        before = collected().size();
        Path status = Path.of("/proc", Long.toString(pid), "status");
        var unused = looking.scheduleAtFixedRate(() -> look(status), 0, 1, TimeUnit.SECONDS);
    }

    private synchronized void look(Path status) {
        try {
            Matcher found = RESIDENT.matcher(Files.readString(status));
            if (found.find()) {
                resident.add(Long.parseLong(found.group(1)) / 1024.0);
            }
        } catch (IOException gone) {
            looking.shutdown();
        }
    }

    synchronized Figures resident() {
        return secondHalf(resident);
    }

    Figures heap() {
        List<Double> all = collected();
        return secondHalf(all.subList(before, all.size()));
    }

    /** Whether the heap holds no more at the end than at the beginning, but for a quarter. */
    boolean flat() {
        List<Double> all = collected();
        List<Double> watched = all.subList(before, all.size());
        int third = watched.size() / 3;
        return third > 0
                && median(watched.subList(watched.size() - third, watched.size()))
                        <= median(watched.subList(0, third)) * MAY_GROW;
    }

    private static double median(List<Double> all) {
        Figures figures = new Figures();
        all.forEach(figures::add);
        return figures.median();
    }

    private List<Double> collected() {
        if (!Files.exists(log)) {
            return List.of();
        }
        try (Stream<String> lines = Files.lines(log)) {
            return lines.map(COLLECTED::matcher)
                    .filter(Matcher::find)
                    .map(found -> Double.valueOf(found.group(1)))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Figures secondHalf(List<Double> all) {
        Figures figures = new Figures();
        all.subList(all.size() / 2, all.size()).forEach(figures::add);
        return figures;
    }

    @Override
    public void close() {
        looking.shutdownNow();
    }
}
