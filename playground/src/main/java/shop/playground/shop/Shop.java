package shop.playground.shop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import shop.playground.console.Progress;
import shop.playground.console.Screen;
import shop.playground.proxy.Proxy;
import shop.playground.servers.Kind;
import shop.playground.servers.MailServer;
import shop.playground.servers.Ports;
import shop.playground.servers.Postgres;
import shop.playground.servers.RabbitMq;
import shop.playground.servers.Redis;
import shop.playground.servers.Server;
import shop.playground.servers.ThirdParties;

/**
 * The shop, running: every server and every service as a process of this machine. Nothing of it outlives this JVM.
 *
 * <pre>{@code
 * try (Shop shop = Shop.builder().start()) {
 *     shop.service("delivery-service").kill();
 * }
 * }</pre>
 */
public final class Shop implements AutoCloseable {

    private final Map<String, Integer> ports;
    private final String operatorPassword;
    private final RabbitMq rabbitMq;
    private final Redis redis = Redis.local();
    private final Postgres postgres = Postgres.local();
    private final MailServer mail;
    private final ThirdParties thirdParties = ThirdParties.local();
    private final Map<String, Service> services = Collections.synchronizedMap(new LinkedHashMap<>());
    private final Map<String, Map<Kind, Proxy>> proxies = new ConcurrentHashMap<>();
    private Duration startTook = Duration.ZERO;

    Shop(Map<String, Integer> ports, String operatorPassword) {
        this.ports = ports;
        this.operatorPassword = operatorPassword;
        this.rabbitMq = RabbitMq.local(
                Ports.free(), port(ShopBuilder.BROKER_PAGE), UUID.randomUUID().toString());
        this.mail = MailServer.local(Ports.free(), port(ShopBuilder.MAIL_PAGE));
    }

    /** On free ports of 127.0.0.1, until something else is said. */
    public static ShopBuilder builder() {
        return new ShopBuilder();
    }

    void start(
            Path root,
            Set<Role> roles,
            Map<String, List<String>> jvmOptions,
            Map<String, Map<String, String>> extra,
            Map<String, Set<Kind>> proxied,
            Screen screen) {
        long begin = System.nanoTime();
        List<Server> servers = List.of(rabbitMq, postgres, redis, mail, thirdParties);
        try (Progress progress = screen.progress("starting the shop", servers.size() + roles.size())) {
            progress.note("servers");
            Together.run(servers, server -> {
                server.start();
                progress.step();
            });
            for (Role role : roles) {
                Map<String, String> properties = properties(role);
                properties.putAll(extra.getOrDefault(role.module(), Map.of()));
                proxy(role.module(), proxied.getOrDefault(role.module(), Set.of()), properties);
                services.put(
                        role.module(),
                        new Service(
                                role.module(),
                                role.jar(root),
                                jvmOptions.getOrDefault(role.module(), List.of()),
                                port(role.module()),
                                properties));
            }
            progress.note("services");
            Together.run(List.copyOf(services.values()), service -> {
                service.start();
                progress.step();
            });
        }
        startTook = Duration.ofNanos(System.nanoTime() - begin);
    }

    /** From nothing to the last service that was ready. */
    public Duration startTook() {
        return startTook;
    }

    /** What each needs, and no more. */
    private Map<String, String> properties(Role role) {
        Map<String, String> properties = new LinkedHashMap<>(rabbitMq.properties());
        if (role != Role.GATEWAY) { // which knows operators by their tokens
            properties.put("shop.operator.password", operatorPassword);
        }
        switch (role) {
            case ORDER -> {
                properties.putAll(postgres.properties("orders"));
                properties.putAll(redis.properties());
                properties.put("shop.acquirer.url", thirdParties.url());
            }
            case GATEWAY -> {
                properties.putAll(redis.properties());
                properties.put(
                        "spring.security.oauth2.resourceserver.jwt.jwk-set-uri",
                        "http://127.0.0.1:" + port(Role.ORDER.module()) + "/.well-known/jwks.json");
            }
            case EMAIL -> {
                properties.putAll(redis.properties());
                properties.putAll(mail.properties());
            }
            case SMS -> {
                properties.putAll(redis.properties());
                properties.put("shop.sms.url", thirdParties.url());
            }
            case DELIVERY -> properties.putAll(postgres.properties("delivery"));
        }
        return properties;
    }

    /** Wherever the properties name a server's port, the proxy's takes its place. */
    private void proxy(String service, Set<Kind> servers, Map<String, String> properties) {
        Map<Kind, Proxy> own = new EnumMap<>(Kind.class);
        for (Kind server : servers) {
            Proxy proxy = server == Kind.RABBITMQ ? Proxy.amqp(port(server)) : Proxy.tcp(port(server));
            own.put(server, proxy);
            replacePort(properties, port(server), proxy.port());
        }
        proxies.put(service, own);
    }

    private int port(Kind server) {
        return switch (server) {
            case RABBITMQ -> rabbitMq.port();
            case REDIS -> redis.port();
            case POSTGRES -> postgres.port();
            case MAIL -> mail.port();
            case THIRD_PARTIES -> thirdParties.port();
        };
    }

    private static void replacePort(Map<String, String> properties, int old, int port) {
        properties.replaceAll((name, value) -> value.replaceAll("\\b" + old + "\\b", Integer.toString(port)));
    }

    /**
     * A further instance of a service, set up as the first one, with proxies of its own where that has some, on a port of
     * its own. It does not run yet; its name is the first one's with {@code -2} at the end.
     */
    public Service another(String name) {
        Service first = service(name);
        String second = name + "-2";
        Map<String, String> properties = first.properties();
        Map<Kind, Proxy> firsts = proxies.getOrDefault(name, Map.of());
        firsts.forEach((server, proxy) -> replacePort(properties, proxy.port(), port(server)));
        proxy(second, firsts.keySet(), properties);
        Service service = first.another(second, Ports.free(), properties);
        services.put(second, service);
        return service;
    }

    /** Kills what {@link #another} gave, and forgets it. */
    public void dismiss(Service second) {
        second.close();
        services.remove(second.name());
        Map<Kind, Proxy> own = proxies.remove(second.name());
        if (own != null) {
            own.values().forEach(Proxy::close);
        }
    }

    /** What stands between a service and a server: see {@link ShopBuilder#proxied}. */
    public Proxy proxy(String service, Kind server) {
        Proxy proxy = proxies.getOrDefault(service, Map.of()).get(server);
        if (proxy == null) {
            throw new IllegalArgumentException("There is no proxy between " + service + " and " + server);
        }
        return proxy;
    }

    /** All between this service and its servers. */
    public Collection<Proxy> proxies(String service) {
        return proxies.getOrDefault(service, Map.of()).values();
    }

    public Collection<Proxy> proxies() {
        return proxies.values().stream().flatMap(own -> own.values().stream()).toList();
    }

    /** By its name, such as {@code delivery-service}. */
    public Service service(String name) {
        Service service = services.get(name);
        if (service == null) {
            throw new IllegalArgumentException("There is no service " + name + ", only " + services.keySet());
        }
        return service;
    }

    public Collection<Service> services() {
        return List.copyOf(services.values());
    }

    public URI orders() {
        return service(Role.ORDER.module()).uri();
    }

    public URI gateway() {
        return service(Role.GATEWAY.module()).uri();
    }

    /** The page that shows the mails; {@code GET /email} for programs. */
    public URI mailPage() {
        return URI.create("http://127.0.0.1:" + port(ShopBuilder.MAIL_PAGE) + "/");
    }

    /** That of {@code operator@shop.example}, and of the user {@code operator} of the services without tokens. */
    public String operatorPassword() {
        return operatorPassword;
    }

    public RabbitMq rabbitMq() {
        return rabbitMq;
    }

    public Redis redis() {
        return redis;
    }

    public Postgres postgres() {
        return postgres;
    }

    public MailServer mail() {
        return mail;
    }

    public ThirdParties thirdParties() {
        return thirdParties;
    }

    /** Copies what the services and servers have written into this directory, which outlives the shop. */
    public void saveLogs(Path directory) {
        try {
            Files.createDirectories(directory);
            for (Service service : services()) {
                if (Files.exists(service.log())) {
                    Files.copy(
                            service.log(),
                            directory.resolve(service.name() + ".log"),
                            StandardCopyOption.REPLACE_EXISTING);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends everything at once, the services before what they need. */
    @Override
    public void close() {
        services().forEach(Service::abandon);
        Together.run(services(), Service::close);
        proxies().forEach(Proxy::close);
        Together.run(List.of(thirdParties, mail, redis, postgres, rabbitMq), Server::close);
    }

    private int port(String name) {
        Integer port = ports.get(name);
        if (port == null) {
            throw new IllegalStateException("No port for " + name);
        }
        return port;
    }
}
