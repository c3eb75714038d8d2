package shop.playground.servers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The RabbitMQ of the distribution's package, run privately: own node, cookie, port mapper, ports, data and settings. */
final class RabbitMqProcess extends LocalProcess {

    /** The wrapper in /usr/sbin insists on the user rabbitmq and the system's own directories. */
    static final Path SCRIPTS = Path.of("/usr/lib/rabbitmq/bin");

    /** The most it uses before it blocks publishers. */
    static final String MEMORY = "512MB";

    private final Path scripts;
    private final RabbitMq.Address address;
    private final int prometheusPort;
    private final int distributionPort = Ports.free();
    private final int epmdPort = Ports.free();
    private @Nullable Process epmd;

    RabbitMqProcess(Path scripts, RabbitMq.Address address, int prometheusPort) {
        super("RabbitMQ");
        this.scripts = scripts;
        this.address = address;
        this.prometheusPort = prometheusPort;
    }

    @Override
    protected ProcessBuilder command() throws IOException {
        Path server = scripts.resolve("rabbitmq-server");
        if (!Files.isExecutable(server)) {
            throw new ServerException(
                    "RabbitMQ is not installed on this machine: type sudo apt-get install rabbitmq-server, or start Docker.");
        }
        Ports.requireFree("RabbitMQ", address.port());
        Ports.requireFree("RabbitMQ's management", address.managementPort());
        configure();
        startEpmd();
        return program(List.of(server.toString()));
    }

    /**
     * Has it do something by {@code rabbitmqctl}, and waits until that is done.
     *
     * @throws ServerException with what was said, if that was no success
     */
    void control(String... words) {
        List<String> command =
                new ArrayList<>(List.of(scripts.resolve("rabbitmqctl").toString()));
        command.addAll(List.of(words));
        Path said = directory().resolve("rabbitmqctl.log");
        Process process = Guard.start(program(command), said);
        if (!Guard.await(process, Duration.ofMinutes(1)) || process.exitValue() != 0) {
            process.destroyForcibly();
            throw new ServerException(
                    "RabbitMQ did not do it: rabbitmqctl " + String.join(" ", words) + ", see " + said);
        }
        Guard.release(process.toHandle());
    }

    /** One of RabbitMQ's own, in the surroundings of this node. */
    private ProcessBuilder program(List<String> command) {
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(directory().toFile());
        Map<String, String> environment = builder.environment();
        environment.keySet().removeIf(key -> key.startsWith("RABBITMQ_") || key.startsWith("ERL_"));
        environment.putAll(Map.ofEntries(
                Map.entry("HOME", directory().toString()),
                Map.entry("LANG", "C.UTF-8"),
                Map.entry("LC_ALL", "C.UTF-8"),
                Map.entry("ERL_EPMD_PORT", Integer.toString(epmdPort)),
                Map.entry("ERL_EPMD_ADDRESS", "127.0.0.1"),
                Map.entry("RABBITMQ_NODENAME", "rabbit" + address.port() + "@localhost"),
                Map.entry("RABBITMQ_DIST_PORT", Integer.toString(distributionPort)),
                Map.entry("RABBITMQ_CONF_ENV_FILE", "/dev/null"),
                Map.entry(
                        "RABBITMQ_CONFIG_FILE",
                        directory().resolve("rabbitmq.conf").toString()),
                Map.entry(
                        "RABBITMQ_ADVANCED_CONFIG_FILE",
                        directory().resolve("none").toString()),
                Map.entry(
                        "RABBITMQ_ENABLED_PLUGINS_FILE",
                        directory().resolve("plugins").toString()),
                Map.entry("RABBITMQ_MNESIA_BASE", data().toString()),
                Map.entry("RABBITMQ_LOG_BASE", directory().resolve("log").toString()),
                Map.entry("RABBITMQ_LOGS", "-"),
                // So few schedulers, and none that spins, because this is one of many programs here.
                Map.entry(
                        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS",
                        "-kernel inet_dist_use_interface {127,0,0,1} +S " + schedulers() + ":" + schedulers()
                                + " +sbwt none +sbwtdcpu none +sbwtdio none"),
                // The script then becomes the server, instead of starting it: the process is the one we know.
                Map.entry("RUNNING_UNDER_SYSTEMD", "true")));
        return builder;
    }

    private static int schedulers() {
        return Math.min(4, Runtime.getRuntime().availableProcessors());
    }

    private void configure() throws IOException {
        Path cookie = directory().resolve(".erlang.cookie");
        if (Files.exists(cookie)) {
            return;
        }
        Files.writeString(cookie, Secrets.random());
        Files.setPosixFilePermissions(cookie, PosixFilePermissions.fromString("r--------"));
        Files.writeString(directory().resolve("plugins"), "[rabbitmq_management,rabbitmq_prometheus].\n");
        Files.writeString(directory().resolve("rabbitmq.conf"), """
                listeners.tcp.local = 127.0.0.1:%d
                management.tcp.ip = 127.0.0.1
                management.tcp.port = %d
                prometheus.tcp.ip = 127.0.0.1
                prometheus.tcp.port = %d
                default_vhost = %s
                default_user = %s
                default_pass = %s
                disk_free_limit.absolute = 50MB
                vm_memory_high_watermark.absolute = %s
                collect_statistics_interval = 1000
                log.console = true
                log.console.level = info
                """.formatted(
                        address.port(),
                        address.managementPort(),
                        prometheusPort,
                        address.virtualHost(),
                        address.username(),
                        address.password(),
                        MEMORY));
        Files.setPosixFilePermissions(
                directory().resolve("rabbitmq.conf"), PosixFilePermissions.fromString("rw-------"));
    }

    /** Started by us, since the one that Erlang would start for itself runs on as a daemon that nobody owns. */
    private void startEpmd() {
        if (epmd == null || !epmd.isAlive()) {
            ProcessBuilder builder =
                    new ProcessBuilder("epmd", "-port", Integer.toString(epmdPort), "-address", "127.0.0.1");
            epmd = Guard.start(
                    builder.directory(directory().toFile()), directory().resolve("epmd.log"));
            long deadline = System.nanoTime() + 10_000_000_000L;
            while (!Ports.answers(epmdPort) && System.nanoTime() < deadline) {
                if (Guard.await(epmd, Duration.ofMillis(10))) {
                    throw new ServerException(
                            "Erlang's port mapper (epmd) does not run here: reinstall the package erlang-base.");
                }
            }
        }
    }

    @Override
    protected boolean isReady() throws IOException {
        return output().contains("Server startup complete") && Ports.answers(address.port());
    }

    @Override
    public synchronized void close() {
        super.close();
        if (epmd != null) {
            epmd.destroyForcibly();
            Guard.await(epmd, Duration.ofSeconds(10));
            Guard.release(epmd.toHandle());
            epmd = null;
        }
    }
}
