package shop.playground.servers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import redis.embedded.core.ExecutableProvider;

/** The Redis binary that embedded-redis carries, run as a process of its own, so that it can be killed like one. */
final class RedisProcess extends LocalProcess {

    private final int port;
    private @Nullable Path executable;

    RedisProcess(int port) {
        super("Redis");
        this.port = port;
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
        return new ProcessBuilder(
                        executable.toString(),
                        "--bind",
                        "127.0.0.1",
                        "--port",
                        Integer.toString(port),
                        "--dir",
                        data().toString(),
                        "--appendonly",
                        "yes",
                        "--appendfsync",
                        "everysec",
                        "--save",
                        "")
                .directory(directory().toFile());
    }

    @Override
    protected boolean isReady() throws IOException {
        return Redis.answers(port);
    }
}
