package shop.playground.servers;

import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;

/** RabbitMQ with the management and Prometheus plugins, and the virtual host and user {@code shop}. */
public final class RabbitMq extends BreakableServer {

    /** The image that stands for RabbitMQ under Docker. */
    static final String IMAGE = "rabbitmq:4-management";

    private final Address address;
    private final Broker broker;
    private final Control control;

    /** What {@code rabbitmqctl} does. */
    @FunctionalInterface
    private interface Control {
        void run(String... words);
    }

    private RabbitMq(Breakable body, Address address, Control control) {
        super(body);
        this.address = address;
        this.control = control;
        this.broker = new Broker(address);
    }

    /** On free ports, with a random password. */
    public static RabbitMq local() {
        return local(Ports.free(), Ports.free(), Secrets.random());
    }

    public static RabbitMq local(int port, int managementPort, String password) {
        Address address = new Address(port, managementPort, "shop", "shop", password);
        RabbitMqProcess process = new RabbitMqProcess(RabbitMqProcess.SCRIPTS, address, Ports.free());
        return new RabbitMq(process, address, process::control);
    }

    static RabbitMq inDocker() {
        Address address = new Address(Ports.free(), Ports.free(), "shop", "shop", Secrets.random());
        Container container = new Container(IMAGE)
                .env("RABBITMQ_DEFAULT_VHOST", address.virtualHost())
                .env("RABBITMQ_DEFAULT_USER", address.username())
                .env("RABBITMQ_DEFAULT_PASS", address.password())
                .port(address.port(), 5672)
                .port(address.managementPort(), 15672)
                .readyWhen(() -> new Broker(address).answers());
        Control control = words -> container.run(
                Stream.concat(Stream.of("rabbitmqctl"), Arrays.stream(words)).toArray(String[]::new));
        return new RabbitMq(container, address, control);
    }

    public String host() {
        return "127.0.0.1";
    }

    public int port() {
        return address.port();
    }

    public int managementPort() {
        return address.managementPort();
    }

    /** The management page, and the root of its HTTP API. */
    public String managementUrl() {
        return address.managementUrl();
    }

    public String virtualHost() {
        return address.virtualHost();
    }

    public String username() {
        return address.username();
    }

    public String password() {
        return address.password();
    }

    /**
     * Raises its memory alarm: who publishes is blocked, who only consumes is not.
     *
     * @see <a href="https://www.rabbitmq.com/docs/memory">Memory alarms</a>
     */
    public void blockPublishers() {
        control.run("set_vm_memory_high_watermark", "0.000001");
    }

    /** Ends the alarm. */
    public void unblockPublishers() {
        allowMemory(RabbitMqProcess.MEMORY);
    }

    /** Lets the broker have so much memory before it takes no more messages, such as {@code 2GB}, until it is started anew. */
    public void allowMemory(String amount) {
        control.run("set_vm_memory_high_watermark", "absolute", amount);
    }

    /**
     * Has it keep classic queues as RabbitMQ 4 does, which knows no other way: those that are declared from now on in files
     * of their own, and of all of them hardly a message in memory. 3.10 has to be told. Otherwise it halts a queue for some
     * tenths of a second each 32,768 messages, and for up to a tenth of one to collect the garbage of one that holds so many.
     *
     * @see <a href="https://www.rabbitmq.com/docs/3.13/classic-queues">Versions of classic queues</a>
     * @see <a href="https://www.rabbitmq.com/docs/lazy-queues">What was the lazy mode</a>
     */
    public void keepClassicQueuesAsRabbitMq4() {
        control.run("eval", "application:set_env(rabbit, classic_queue_default_version, 2).");
        control.run(
                "set_policy",
                "--vhost",
                virtualHost(),
                "--apply-to",
                "queues",
                "as-rabbitmq-4",
                ".*",
                "{\"queue-mode\":\"lazy\"}");
    }

    /**
     * Has quorum queues survive a crash from now on. RabbitMQ 3.10 writes the names of its quorum queues half a second late
     * (ra_directory, auto_save): one that was declared right before a crash is there afterwards, but never answers.
     */
    public void writeQuorumQueues() {
        control.run("eval", "[ok = dets:sync(Table) || Table <- dets:all()].");
    }

    /** A way to look at what it holds, and to put messages in by hand. */
    public Broker broker() {
        return broker;
    }

    @Override
    public Map<String, String> properties() {
        return Map.of(
                "spring.rabbitmq.host", host(),
                "spring.rabbitmq.port", Integer.toString(port()),
                "spring.rabbitmq.username", username(),
                "spring.rabbitmq.password", password(),
                "spring.rabbitmq.virtual-host", virtualHost());
    }

    record Address(int port, int managementPort, String virtualHost, String username, String password) {

        String managementUrl() {
            return "http://127.0.0.1:" + managementPort;
        }
    }
}
