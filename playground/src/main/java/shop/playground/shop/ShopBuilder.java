package shop.playground.shop;

import java.nio.file.Files;
import java.nio.file.Path;
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

    private final Map<String, Map<String, String>> properties = new HashMap<>();
    private final Map<String, Set<Kind>> proxied = new HashMap<>();
    private boolean fixedPorts;
    private @Nullable Path root;
    private Screen screen = Screen.silent();
    private String operatorPassword = secret();

    ShopBuilder() {
        everywhere("spring.main.banner-mode", "off");
        property("order-service", "shop.passwords.strength", "4"); // thousands of customers come at once
        // Everything is on one machine, the buyers too: slow is not away.
        property("seckill-gateway", "spring.data.redis.timeout", "5s");
        // So small, and emptied in such small steps, that a rush finds the queue full.
        property("seckill-gateway", "seckill.max-queue-length", "5");
        property("order-service", "shop.sales.batch", "1");
        property("delivery-service", "shop.delivery.packing", "1s");
        property("delivery-service", "shop.delivery.transit", "2s");
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
        properties.computeIfAbsent(service, key -> new LinkedHashMap<>()).put(name, value);
        return this;
    }

    /** Sets a property of every service. */
    public ShopBuilder everywhere(String name, String value) {
        for (Role role : Role.values()) {
            property(role.module(), name, value);
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
            shop.start(home, properties, proxied, screen);
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

    private static void requireJars(Path root) {
        List<String> missing = java.util.Arrays.stream(Role.values())
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
