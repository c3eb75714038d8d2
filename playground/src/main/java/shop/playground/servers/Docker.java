package shop.playground.servers;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Whether Docker shall run the servers of tests, decided once per JVM. An engine that answers is not enough: where it has
 * not got an image, and no registry answers for it within seconds, Testcontainers would try for two minutes and then fail.
 */
final class Docker {

    private static final Duration PATIENCE = Duration.ofSeconds(6);

    private static @Nullable Boolean chosen;

    private Docker() {}

    static synchronized boolean chosen() {
        if (chosen == null) {
            chosen = choose();
        }
        return chosen;
    }

    private static boolean choose() {
        String wish = System.getProperty("MQSHOP_SERVERS", System.getenv().getOrDefault("MQSHOP_SERVERS", ""));
        boolean docker = switch (wish.toLowerCase(Locale.ROOT)) {
            case "docker" -> true;
            case "native" -> false;
            case "" -> usable();
            default ->
                throw new ServerException(
                        "MQSHOP_SERVERS is \"" + wish + "\": set it to docker or native, or not at all.");
        };
        // Where tests run, this line belongs among what they print, whatever logging they are set up with.
        System.out.println("Servers for tests: " + (docker ? "in Docker" : "processes of this machine, without Docker")
                + (wish.isEmpty() ? "" : " (MQSHOP_SERVERS=" + wish + ")"));
        return docker;
    }

    private static boolean usable() {
        List<String> images = new ArrayList<>(List.of(RabbitMq.IMAGE, Redis.IMAGE, Postgres.IMAGE));
        if (!Boolean.parseBoolean(System.getenv("TESTCONTAINERS_RYUK_DISABLED"))) {
            images.add("testcontainers/ryuk:0.14.0"); // which Testcontainers starts first, unless told not to
        }
        if (!succeed(List.of(List.of("docker", "info")))) {
            return false;
        }
        List<List<String>> questions = new ArrayList<>();
        for (String image : images) {
            if (!succeed(List.of(List.of("docker", "image", "inspect", image)))) {
                questions.add(List.of("docker", "manifest", "inspect", image));
            }
        }
        return succeed(questions);
    }

    /** Whether all commands succeed, run side by side. */
    private static boolean succeed(List<List<String>> commands) {
        List<Process> processes = new ArrayList<>();
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        try {
            for (List<String> command : commands) {
                processes.add(new ProcessBuilder(command)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start());
            }
            for (Process process : processes) {
                if (!process.waitFor(deadline - System.nanoTime(), TimeUnit.NANOSECONDS) || process.exitValue() != 0) {
                    return false;
                }
            }
            return true;
        } catch (IOException e) { // there is no such command
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            processes.forEach(Process::destroyForcibly);
        }
    }
}
