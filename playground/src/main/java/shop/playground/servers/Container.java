package shop.playground.servers;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.NotModifiedException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.testcontainers.containers.Container.ExecResult;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.WaitStrategy;
import org.testcontainers.containers.wait.strategy.WaitStrategyTarget;

/**
 * A server in a container. Its ports are published on 127.0.0.1 under numbers of our choice, since those that Docker
 * chooses change when a container is started again.
 */
final class Container implements Breakable {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final String image;
    private final Map<String, String> environment = new LinkedHashMap<>();
    private final List<String> portBindings = new ArrayList<>();
    private String[] command = {};
    private Probe ready = () -> true;
    private @Nullable GenericContainer<?> container;

    Container(String image) {
        this.image = image;
    }

    Container env(String name, String value) {
        environment.put(name, value);
        return this;
    }

    Container command(String... words) {
        command = words.clone();
        return this;
    }

    Container port(int port, int inside) {
        portBindings.add("127.0.0.1:" + port + ":" + inside);
        return this;
    }

    Container readyWhen(Probe probe) {
        ready = probe;
        return this;
    }

    @Override
    public synchronized void start() {
        if (container == null) {
            create();
        } else if (!isRunning()) {
            client().startContainerCmd(id()).exec();
        }
        awaitReady();
    }

    private void create() {
        @SuppressWarnings("resource") // closed by close()
        GenericContainer<?> created =
                new GenericContainer<>(image).withEnv(environment).waitingFor(new Unchecked());
        if (command.length > 0) {
            created.withCommand(command);
        }
        created.setPortBindings(portBindings);
        try {
            created.start();
        } catch (RuntimeException e) {
            throw new ServerException(
                    "Docker does not start " + image + ": set MQSHOP_SERVERS=native to do without Docker.", e);
        }
        container = created;
        Guard.watchContainer(id());
    }

    private void awaitReady() {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!isReady()) {
            if (!isRunning() || System.nanoTime() > deadline) {
                String logs = container().getLogs();
                throw new ServerException("The container of " + image
                        + " does not come up: read the end of its log below, or set MQSHOP_SERVERS=native.\n"
                        + logs.substring(Math.max(0, logs.length() - 3000)).indent(4));
            }
            LockSupport.parkNanos(50_000_000);
        }
    }

    private boolean isReady() {
        try {
            return ready.answers();
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public synchronized void stop() {
        if (isRunning()) {
            try {
                client().stopContainerCmd(id()).withTimeout(20).exec();
            } catch (NotModifiedException e) { // it had ended by itself
                return;
            }
        }
    }

    @Override
    public synchronized void kill() {
        if (isRunning()) {
            client().killContainerCmd(id()).exec();
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (isRunning() && System.nanoTime() < deadline) {
                LockSupport.parkNanos(10_000_000);
            }
        }
    }

    @Override
    public synchronized void freeze() {
        client().pauseContainerCmd(id()).exec();
    }

    @Override
    public synchronized void thaw() {
        client().unpauseContainerCmd(id()).exec();
    }

    @Override
    public synchronized void wipe() {
        if (isRunning()) {
            throw new IllegalStateException(image + " runs: stop or kill it first");
        }
        close();
    }

    @Override
    public synchronized boolean isRunning() {
        return container != null
                && Boolean.TRUE.equals(
                        client().inspectContainerCmd(id()).exec().getState().getRunning());
    }

    @Override
    public OptionalLong pid() {
        return OptionalLong.empty();
    }

    @Override
    public synchronized void close() {
        if (container != null) {
            container.stop(); // which removes it, with its volumes
            container = null;
        }
    }

    /** Runs a command inside, and waits until it is done. */
    synchronized void run(String... command) {
        String line = String.join(" ", command);
        try {
            ExecResult result = container().execInContainer(command);
            if (result.getExitCode() != 0) {
                throw new ServerException("The container of %s did not do it: %s: %s%s"
                        .formatted(image, line, result.getStdout(), result.getStderr()));
            }
        } catch (IOException e) {
            throw new ServerException("The container of " + image + " was not asked: " + line, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ServerException("Interrupted during " + line, e);
        }
    }

    private GenericContainer<?> container() {
        if (container == null) {
            throw new IllegalStateException(image + " does not run");
        }
        return container;
    }

    private String id() {
        return container().getContainerId();
    }

    private DockerClient client() {
        return container().getDockerClient();
    }

    /** Whether a server does its work. */
    @FunctionalInterface
    interface Probe {
        boolean answers() throws IOException;
    }

    /** We look for ourselves, at 127.0.0.1, on every start and not on the first one alone. */
    private static final class Unchecked implements WaitStrategy {

        @Override
        public void waitUntilReady(WaitStrategyTarget target) {}

        @Override
        public WaitStrategy withStartupTimeout(Duration timeout) {
            return this;
        }
    }
}
