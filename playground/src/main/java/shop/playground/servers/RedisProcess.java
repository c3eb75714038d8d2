package shop.playground.servers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import redis.embedded.core.ExecutableProvider;

/** The Redis binary that embedded-redis carries, run as a process of its own, so that it can be killed like one. */
final class RedisProcess extends LocalProcess {

    private final int port;
    private final List<String> options;
    private @Nullable Path executable;

    RedisProcess(int port, String... options) {
        super("Redis");
        this.port = port;
        this.options = List.of(options);
    }

    @Override
    protected ProcessBuilder command() throws IOException {
        Ports.requireFree("Redis", port);
        Files.createDirectories(data());
        if (executable == null) {
            executable = ExecutableProvider.newJarResourceProvider(directory().toFile())
                    .get()
                    .toPath();
        }
        List<String> command = new ArrayList<>(List.of(executable.toString(), "--bind", "127.0.0.1"));
        command.addAll(List.of("--port", Integer.toString(port), "--dir", data().toString()));
        command.addAll(List.of("--appendonly", "yes", "--appendfsync", "everysec", "--save", ""));
        command.addAll(options);
        return new ProcessBuilder(command).directory(directory().toFile());
    }

    @Override
    protected boolean isReady() throws IOException {
        return Redis.answers(port);
    }
}
