package shop.playground.servers;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets nothing outlive this JVM, not even when it is killed with {@code kill -9}. One helper process per JVM reads from a
 * pipe that only we hold open; when the pipe ends, it kills what we have named to it and removes the work directory.
 *
 * <p>What is started here runs in a session of its own: Ctrl-C in a terminal reaches the JVM alone, which then decides
 * the order in which things end.
 */
public final class Guard {

    private static final Logger log = LoggerFactory.getLogger(Guard.class);

    /** The child waits until the guard knows it: were the JVM to die between, it would read the end and never begin. */
    private static final List<String> ON_OUR_WORD =
            List.of("setsid", "sh", "-c", "read -r go && exec \"$@\" </dev/null", "sh");

    private static @Nullable Guard instance;

    private final Path directory;
    private final OutputStream pipe;
    private final Deque<AutoCloseable> closing = new ArrayDeque<>();

    private Guard(Path directory, Process helper) {
        this.directory = directory;
        this.pipe = helper.getOutputStream();
    }

    /**
     * Starts a process that ends with this JVM at the latest. Its input is empty, its output and errors are appended to
     * the given file.
     */
    public static Process start(ProcessBuilder builder, Path output) {
        List<String> command = new ArrayList<>(ON_OUR_WORD);
        command.addAll(builder.command());
        builder.command(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()));
        try {
            Process process = builder.start();
            try (OutputStream word = process.getOutputStream()) {
                watch(process.toHandle());
                word.write('\n');
            }
            return process;
        } catch (IOException e) {
            throw new ServerException(
                    "Processes are started by setsid and sh: install the package util-linux, or use Docker.", e);
        }
    }

    /** Has the process killed, with all its descendants, when this JVM is gone. */
    public static void watch(ProcessHandle process) {
        long start = startTime(process.pid());
        if (start >= 0) {
            instance().tell("watch " + process.pid() + " " + start);
        }
    }

    /** Forgets a process that has ended. */
    public static void release(ProcessHandle process) {
        instance().tell("release " + process.pid());
    }

    /** Has the Docker container removed, with its data, when this JVM is gone. */
    static void watchContainer(String id) {
        instance().tell("container " + id);
    }

    /**
     * Closes it when this JVM shuts down in order, before what was named here earlier. Without this a process simply runs
     * until the JVM is gone, which suits servers under Spring contexts: those are closed by a shutdown hook, too, and
     * need their servers until then.
     */
    public static void closeAtExit(AutoCloseable closeable) {
        Guard guard = instance();
        synchronized (guard.closing) {
            guard.closing.push(closeable);
        }
    }

    /** A new, empty directory that is removed at the end. */
    public static Path directory(String name) {
        try {
            return Files.createTempDirectory(instance().directory, name + "-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static synchronized Guard instance() {
        if (instance == null) {
            Guard guard = appoint();
            Runtime.getRuntime().addShutdownHook(new Thread(guard::closeAll, "playground-guard"));
            instance = guard;
        }
        return instance;
    }

    private static Guard appoint() {
        try (InputStream script = Guard.class.getResourceAsStream("guard.sh")) {
            if (script == null) {
                throw new IllegalStateException("guard.sh is missing beside its class");
            }
            // Others may pass through, as PostgreSQL has to when it must not be root, but not look around.
            Path directory = Files.createTempDirectory("mq-shop-");
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
            Path copy = directory.resolve("mq-shop-guard");
            Files.copy(script, copy);
            Process helper = new ProcessBuilder("setsid", "sh", copy.toString(), directory.toString())
                    .directory(Path.of("/").toFile())
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return new Guard(directory, helper);
        } catch (IOException e) {
            throw new ServerException(
                    "Servers without Docker need Linux with setsid and sh: install the package util-linux, or use Docker.",
                    e);
        }
    }

    private void tell(String line) {
        try {
            synchronized (pipe) {
                pipe.write((line + "\n").getBytes(StandardCharsets.US_ASCII));
                pipe.flush();
            }
        } catch (IOException e) {
            throw new ServerException("The helper process that cleans up (mq-shop-guard) was stopped: start again.", e);
        }
    }

    /** The pipe stays open: the helper acts once the JVM, with all its shutdown hooks, is really gone. */
    private void closeAll() {
        synchronized (closing) {
            for (AutoCloseable closeable : closing) {
                try {
                    closeable.close();
                } catch (Exception e) {
                    log.warn("{} did not close", closeable, e);
                }
            }
        }
    }

    static void signal(String signal, List<ProcessHandle> processes) {
        List<String> command = new ArrayList<>(List.of("sh", "-c", "kill -s \"$@\"", "sh", signal));
        processes.forEach(process -> command.add(Long.toString(process.pid())));
        try {
            Process kill = new ProcessBuilder(command)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (!kill.waitFor(10, TimeUnit.SECONDS)) {
                throw new IllegalStateException("kill -s " + signal + " does not end");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ServerException("Interrupted while sending " + signal + ".", e);
        }
    }

    /** The process and what descends from it, parents first. */
    static List<ProcessHandle> tree(ProcessHandle process) {
        List<ProcessHandle> tree = new ArrayList<>(List.of(process));
        process.descendants().forEach(tree::add);
        return tree;
    }

    /** Whether it still runs: not where it is dead and merely waits for its parent to notice. */
    static boolean lives(ProcessHandle process) {
        List<String> stat = stat(process.pid());
        return !stat.isEmpty() && !stat.get(0).equals("Z") && !stat.get(0).equals("X");
    }

    /** In clock ticks since the machine started, or -1 where the process is gone. */
    private static long startTime(long pid) {
        List<String> stat = stat(pid);
        return stat.isEmpty() ? -1 : Long.parseLong(stat.get(19));
    }

    /** What proc_pid_stat(5) says from its third field on, the state; empty where the process is gone. */
    private static List<String> stat(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"), StandardCharsets.ISO_8859_1);
            return List.of(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1));
        } catch (IOException e) {
            return List.of();
        }
    }

    static boolean await(Process process, Duration patience) {
        try {
            return process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ServerException("Interrupted while waiting for a process to end.", e);
        }
    }
}
