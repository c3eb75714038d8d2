package shop.playground.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Nothing outlives the JVM that started it. */
class GuardIT {

    @Test
    void everythingDiesWithAJvmThatIsKilled() throws IOException {
        assertThat(lastWordsAfter("KILL")).isEmpty();
    }

    @Test
    void everythingDiesInOrderWithAJvmThatIsInterruptedByCtrlC() throws IOException {
        assertThat(lastWordsAfter("INT")).containsExactly("second", "first");
    }

    private static List<String> lastWordsAfter(String signal) throws IOException {
        Process launcher = new ProcessBuilder(
                        "env",
                        "--default-signal=INT", // a shell has its background jobs, this test maybe among them, ignore
                        // it
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        ServersForGuard.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader output =
                new BufferedReader(new InputStreamReader(launcher.getInputStream(), StandardCharsets.UTF_8))) {
            Path directory = Path.of(String.valueOf(output.readLine()));
            Set<Long> children = processesIn(directory);
            assertThat(names(children)).contains("beam.smp", "epmd", "redis-server-6.", "postgres");

            Guard.signal(signal, List.of(launcher.toHandle()));

            await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
                assertThat(names(children)).isEmpty();
                assertThat(processesIn(directory)).isEmpty();
                assertThat(directory).doesNotExist();
            });
            return output.lines().toList();
        } finally {
            launcher.destroyForcibly();
        }
    }

    /** All that works below the directory: every child of ours does, whoever its parent has become. */
    private static Set<Long> processesIn(Path directory) throws IOException {
        Set<Long> found = new TreeSet<>();
        try (Stream<Path> entries = Files.list(Path.of("/proc"))) {
            for (Path entry : entries.filter(
                            path -> path.getFileName().toString().matches("\\d+"))
                    .toList()) {
                try {
                    if (Files.readSymbolicLink(entry.resolve("cwd")).startsWith(directory)) {
                        found.add(Long.valueOf(entry.getFileName().toString()));
                    }
                } catch (IOException e) {
                    // it has just ended
                }
            }
        }
        return found;
    }

    /** The names of those of the processes that live: a dead one may wait for its parent to look at it. */
    private static Set<String> names(Set<Long> processes) {
        Set<String> names = new TreeSet<>();
        for (long process : processes) {
            try {
                String stat =
                        Files.readString(Path.of("/proc", Long.toString(process), "stat"), StandardCharsets.ISO_8859_1);
                if (stat.charAt(stat.lastIndexOf(')') + 2) != 'Z') {
                    names.add(stat.substring(stat.indexOf('(') + 1, stat.lastIndexOf(')')));
                }
            } catch (IOException e) {
                // it is gone
            }
        }
        return names;
    }
}
