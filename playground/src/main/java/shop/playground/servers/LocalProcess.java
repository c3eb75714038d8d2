package shop.playground.servers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A child process that is started, broken and started again, and that never outlives this JVM ({@link Guard}). All its
 * output is in one file.
 */
public abstract class LocalProcess implements Breakable, AutoCloseable {

    private static final Duration POLL = Duration.ofMillis(30);

    private final String name;
    private final Path directory;
    private @Nullable Process process;
    private long logBefore;

    /**
     * Runs nothing yet.
     *
     * @param name how a person calls it; names its directory, too
     */
    protected LocalProcess(String name) {
        this.name = name;
        this.directory = Guard.directory(name.replaceAll("[^A-Za-z0-9]+", "-").toLowerCase(Locale.ROOT));
    }

    /** Called before each start; what has to be done first is done here. */
    protected abstract ProcessBuilder command() throws IOException;

    /** Whether it now does its work. Asked again and again, and may throw as long as it does not. */
    protected abstract boolean isReady() throws IOException;

    /** How long it may take to be ready. */
    protected Duration patience() {
        return Duration.ofMinutes(1);
    }

    /** One sentence: what to do if it does not start. */
    protected String advice() {
        return "read the end of its log below, and stop what else runs on this machine if it was merely slow";
    }

    /** The signal that asks it to end in an orderly way. */
    protected String stopSignal() {
        return "TERM";
    }

    /** Where it keeps what it may forget; deleted by {@link #wipe()}. */
    protected final Path data() {
        return directory.resolve("data");
    }

    /** For its configuration; survives {@link #wipe()}. */
    protected final Path directory() {
        return directory;
    }

    /** All its output, of every start. */
    public final Path log() {
        return directory.resolve("output.log");
    }

    /** Its output since the last start. */
    protected final String output() throws IOException {
        if (!Files.exists(log())) {
            return "";
        }
        byte[] bytes = Files.readAllBytes(log());
        int from = (int) Math.min(logBefore, bytes.length);
        return new String(bytes, from, bytes.length - from, StandardCharsets.UTF_8);
    }

    @Override
    public final synchronized void start() {
        if (isRunning()) {
            return;
        }
        forget();
        try {
            logBefore = Files.exists(log()) ? Files.size(log()) : 0;
            Process started = Guard.start(command(), log());
            process = started;
            awaitReady(started);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void awaitReady(Process started) throws IOException {
        long deadline = System.nanoTime() + patience().toNanos();
        while (!ready() || !started.isAlive()) {
            if (Guard.await(started, POLL)) {
                throw notStarted("ended at once, with exit code " + started.exitValue());
            }
            if (System.nanoTime() > deadline) {
                throw notStarted("was not ready after " + patience().toSeconds() + " s");
            }
        }
    }

    private boolean ready() {
        try {
            return isReady();
        } catch (IOException e) {
            return false;
        }
    }

    private ServerException notStarted(String what) throws IOException {
        kill();
        List<String> lines = output().lines().toList();
        List<String> last = lines.subList(Math.max(0, lines.size() - 20), lines.size());
        return new ServerException(name + " " + what + ": " + advice() + ".\n"
                + String.join("\n", last).indent(4));
    }

    @Override
    public final synchronized void stop() {
        Process running = process;
        if (running != null && running.isAlive()) {
            thaw();
            Guard.signal(stopSignal(), List.of(running.toHandle()));
            if (!Guard.await(running, Duration.ofSeconds(80))) {
                kill();
            }
        }
        forget();
    }

    @Override
    public final synchronized void kill() {
        Process running = process;
        if (running != null) {
            // Found before they are orphans; and after their parent, which might start others in their place.
            List<ProcessHandle> tree = Guard.tree(running.toHandle());
            tree.forEach(ProcessHandle::destroyForcibly);
            Guard.await(running, Duration.ofSeconds(10));
            long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
            while (tree.stream().anyMatch(Guard::lives) && System.nanoTime() < deadline) {
                LockSupport.parkNanos(5_000_000);
            }
        }
        forget();
    }

    private void forget() {
        if (process != null) {
            Guard.release(process.toHandle());
            process = null;
        }
    }

    @Override
    public final synchronized void freeze() {
        Guard.signal("STOP", Guard.tree(running().toHandle()));
    }

    @Override
    public final synchronized void thaw() {
        Guard.signal("CONT", Guard.tree(running().toHandle()));
    }

    @Override
    public final synchronized boolean isRunning() {
        return process != null && process.isAlive();
    }

    @Override
    public final synchronized OptionalLong pid() {
        return process != null && process.isAlive() ? OptionalLong.of(process.pid()) : OptionalLong.empty();
    }

    @Override
    public final synchronized void wipe() {
        if (isRunning()) {
            throw new IllegalStateException(name + " runs: stop or kill it first");
        }
        delete(data());
    }

    @Override
    public synchronized void close() {
        kill();
        delete(directory);
    }

    private Process running() {
        if (process == null) {
            throw new IllegalStateException(name + " does not run");
        }
        return process;
    }

    static void delete(Path directory) {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder()).forEach(file -> {
                try {
                    Files.deleteIfExists(file);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public final String toString() {
        return name;
    }
}
