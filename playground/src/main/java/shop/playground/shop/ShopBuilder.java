package shop.playground.shop;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import shop.playground.console.Screen;
import shop.playground.servers.Kind;
import shop.playground.servers.Ports;
import shop.playground.servers.ServerException;

/** How a {@link Shop} shall be. */
public final class ShopBuilder {

    static final String BROKER = "RabbitMQ";
    static final String BROKER_PAGE = "RabbitMQ's management page";
    static final String MAIL_PAGE = "the mail page";

    /** Measured on two cores: the first compiler alone starts fastest, and a small heap is enough. */
    private static final List<String> SMALL =
            List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto");

    private static final List<String> DELIVERED = List.of("-Xmx512m");
    private static final String CAP = "seckill.max-queue-length";
    private static final String BATCH = "shop.sales.batch";

    private final Map<String, Map<String, String>> properties = new HashMap<>();
    private final Map<String, List<String>> jvmOptions = new HashMap<>();
    private final Map<String, Set<Kind>> proxied = new HashMap<>();
    private Set<Role> roles = EnumSet.allOf(Role.class);
    private boolean fixedPorts;
    private @Nullable Path root;
    private Screen screen = Screen.silent();
    private String operatorPassword = secret();

    ShopBuilder() {
        showing();
        everyJvm(SMALL);
    }

    /** On one small machine, as much as can be seen. */
    private void showing() {
        everywhere("spring.main.banner-mode", "off");
        property("order-service", "shop.passwords.strength", "4"); // thousands of customers come at once
        // Everything is on one machine, the buyers too: slow is not away.
        property("seckill-gateway", "spring.data.redis.timeout", "5s");
        // So small, and emptied in such small steps, that a rush finds the queue full.
        property("seckill-gateway", CAP, "5");
        property("order-service", BATCH, "1");
        property("delivery-service", "shop.delivery.packing", "1s");
        property("delivery-service", "shop.delivery.transit", "2s");
    }

    /**
     * With room for thousands: the queue and its drain as they are delivered, and services that become fast instead of
     * being there fast.
     */
    public ShopBuilder roomy() {
        ofService("seckill-gateway").remove(CAP);
        ofService("order-service").remove(BATCH);
        everyJvm(DELIVERED);
        return this;
    }

    /**
     * With the services' own settings and half a GiB of heap for each, instead of what shows much on a small machine and
     * starts fast. Takes back what was set before.
     */
    public ShopBuilder asDelivered() {
        properties.clear();
        everyJvm(DELIVERED);
        return this;
    }

    /** Adds options to those of the JVM that a service runs in. */
    public ShopBuilder jvm(String service, String... options) {
        jvmOptions.computeIfAbsent(service, key -> new ArrayList<>()).addAll(List.of(options));
        return this;
    }

    private void everyJvm(List<String> options) {
        for (Role role : Role.values()) {
            jvmOptions.put(role.module(), new ArrayList<>(options));
        }
    }

    /** Everything that a person looks at is where the documentation says; {@link Shop} has free ports otherwise. */
    public ShopBuilder fixedPorts() {
        fixedPorts = true;
        return this;
    }

    /** The project's root, where the modules are; found upwards from the working directory if not given. */
    public ShopBuilder root(Path root) {
        this.root = root.toAbsolutePath().normalize();
        return this;
    }

    /** Where the start is told; nowhere if not given. */
    public ShopBuilder screen(Screen screen) {
        this.screen = screen;
        return this;
    }

    /** A random one if not given. */
    public ShopBuilder operatorPassword(String password) {
        this.operatorPassword = password;
        return this;
    }

    /** Sets a property of one service, over what the playground sets. */
    public ShopBuilder property(String service, String name, String value) {
        ofService(service).put(name, value);
        return this;
    }

    private Map<String, String> ofService(String service) {
        return properties.computeIfAbsent(service, key -> new LinkedHashMap<>());
    }

    /** Sets a property of every service. */
    public ShopBuilder everywhere(String name, String value) {
        for (Role role : Role.values()) {
            property(role.module(), name, value);
        }
        return this;
    }

    /** Only these services: for what the others have nothing to do with. */
    public ShopBuilder only(String... services) {
        List<String> wanted = List.of(services);
        roles = EnumSet.allOf(Role.class);
        roles.removeIf(role -> !wanted.contains(role.module()));
        if (roles.size() != wanted.size()) {
            throw new IllegalArgumentException("Not all of these are services: " + wanted);
        }
        return this;
    }

    /** Puts a proxy between a service and each of these servers: see {@link Shop#proxy}. */
    public ShopBuilder proxied(String service, Kind... servers) {
        proxied.computeIfAbsent(service, key -> EnumSet.noneOf(Kind.class)).addAll(List.of(servers));
        return this;
    }

    /**
     * Starts it and returns when every service is ready.
     *
     * @throws ServerException if a port is taken, the services are not built, or something does not start; nothing runs then
     */
    public Shop start() {
        Path home = root == null ? root() : root;
        Map<String, Integer> ports = ports();
        requireJars(home);
        requireFree(ports);
        Shop shop = new Shop(ports, operatorPassword);
        try {
            shop.start(home, roles, jvmOptions, properties, proxied, screen);
            return shop;
        } catch (RuntimeException e) {
            shop.close();
            throw e;
        }
    }

    private Map<String, Integer> ports() {
        Map<String, Integer> ports = new LinkedHashMap<>();
        for (Role role : Role.values()) {
            ports.put(role.module(), fixedPorts ? role.usualPort() : Ports.free());
        }
        ports.put(BROKER_PAGE, fixedPorts ? 15672 : Ports.free());
        ports.put(MAIL_PAGE, fixedPorts ? 1080 : Ports.free());
        return ports;
    }

    /** All at once, so that nobody has to come back for the next one. */
    private static void requireFree(Map<String, Integer> ports) {
        List<String> taken = ports.entrySet().stream()
                .filter(port -> !Ports.isFree(port.getValue()))
                .map(port -> "%d (%s)".formatted(port.getValue(), port.getKey()))
                .toList();
        if (!taken.isEmpty()) {
            throw new ServerException("%s %s taken by another program: stop it, and start again."
                    .formatted(
                            (taken.size() == 1 ? "Port " : "Ports ") + String.join(", ", taken),
                            taken.size() == 1 ? "is" : "are"));
        }
    }

    private void requireJars(Path root) {
        List<String> missing = roles.stream()
                .map(role -> role.jar(root))
                .filter(jar -> !Files.isRegularFile(jar))
                .map(jar -> root.relativize(jar).toString())
                .toList();
        if (!missing.isEmpty()) {
            throw new ServerException(
                    "Not built yet: " + String.join(", ", missing) + "; type: mvn -DskipTests package");
        }
    }

    private static Path root() {
        Path start = Path.of("").toAbsolutePath();
        for (Path path = start; path != null; path = path.getParent()) {
            if (Files.isRegularFile(path.resolve(Role.ORDER.module()).resolve("pom.xml"))) {
                return path;
            }
        }
        throw new ServerException(
                "The shop's modules are neither in " + start + " nor above: start in the project's root.");
    }

    private static String secret() {
        return UUID.randomUUID().toString();
    }
}
