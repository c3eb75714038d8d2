package shop.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import shop.playground.servers.Guard;
import shop.playground.servers.RabbitMq;

/**
 * RabbitMQ's own load generator, as a process of its own.
 *
 * @see <a href="https://perftest.rabbitmq.com">PerfTest</a>
 */
record PerfTest(RabbitMq rabbit, String exchange, String routingKey, int bodyBytes, Duration time) {
    private static final int IN_FLIGHT = 200;
    private static final Pattern RATE = Pattern.compile("sending rate avg: (\\d+) msg/s");

    /** Publishes as fast as confirms come, with so many persistent, mandatory messages in flight. */
    double messagesPerSecond() throws IOException, InterruptedException {
        Path output = Guard.directory("perf-test").resolve("output");
        Process process = Guard.start(new ProcessBuilder(command()), output);
        if (!process.waitFor(time.toSeconds() + 60, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
        Matcher rate = RATE.matcher(Files.readString(output));
        if (!rate.find()) {
            throw new IllegalStateException("PerfTest did not do it:\n" + Files.readString(output));
        }
        return Double.parseDouble(rate.group(1));
    }

    private List<String> command() {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "-Dloader.main=com.rabbitmq.perf.PerfTest",
                "org.springframework.boot.loader.launch.PropertiesLauncher"));
        command.addAll(List.of(
                "--uri",
                "amqp://%s:%s@%s:%d/%s"
                        .formatted(
                                rabbit.username(),
                                rabbit.password(),
                                rabbit.host(),
                                rabbit.port(),
                                rabbit.virtualHost())));
        command.addAll(
                List.of("--predeclared", "--exchange", exchange, "--type", "topic", "--routing-key", routingKey));
        command.addAll(List.of("--producers", "1", "--consumers", "0", "--confirm", Integer.toString(IN_FLIGHT)));
        command.addAll(List.of("--flag", "persistent", "--flag", "mandatory"));
        command.addAll(List.of("--size", Integer.toString(bodyBytes), "--time", Long.toString(time.toSeconds())));
        return command;
    }
}
