package shop.benchmarks;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import shop.messaging.MessageJson;
import shop.playground.servers.LocalProcess;
import shop.playground.servers.Ports;

/** The gateway's jar as it is delivered, in a Java of these options, with {@link Constant} beside its own endpoints. */
final class MeasuredGateway extends LocalProcess {
    static final List<String> JVM_OPTIONS = List.of("-Xms512m", "-Xmx512m", "-XX:+UseSerialGC");

    private static final String IMPORTS =
            "META-INF/spring/org.springframework.boot.autoconfigure.AutoConfiguration.imports";

    private final Path jar;
    private final Map<String, String> properties;
    private final @Nullable Path recording;
    private final HttpServer keys;
    private final int port = Ports.free();

    /**
     * @param properties of the application
     * @param keySet that tokens are verified by, in JSON
     * @param recording where Java's flight recorder writes to, if it is to run
     */
    MeasuredGateway(Path jar, Map<String, String> properties, String keySet, @Nullable Path recording)
            throws IOException {
        super("gateway");
        this.jar = jar.toAbsolutePath();
        this.properties = properties;
        this.recording = recording == null ? null : recording.toAbsolutePath();
        byte[] body = keySet.getBytes(StandardCharsets.UTF_8);
        this.keys = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        keys.createContext("/", exchange -> {
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(HttpURLConnection.HTTP_OK, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        keys.start();
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + port + "/");
    }

    /** For how long it has been on a processor. */
    Duration processorTime() {
        return pid().stream()
                .mapToObj(ProcessHandle::of)
                .flatMap(Optional::stream)
                .flatMap(process -> process.info().totalCpuDuration().stream())
                .findAny()
                .orElse(Duration.ZERO);
    }

    @Override
    protected ProcessBuilder command() throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(JVM_OPTIONS);
        if (recording != null) {
            command.add("-XX:StartFlightRecording=settings=profile,filename=" + recording);
            command.add("-XX:FlightRecorderOptions=stackdepth=256"); // the filters alone are 64 frames
        }
        command.addAll(List.of("-cp", jar.toString(), "-Dloader.path=" + addition()));
        command.add("org.springframework.boot.loader.launch.PropertiesLauncher");
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(directory().toFile());
        builder.environment().put("SPRING_APPLICATION_JSON", json()); // command lines are for everybody to read
        return builder;
    }

    private String json() {
        Map<String, String> all = new TreeMap<>(properties);
        all.put("server.address", "127.0.0.1");
        all.put("server.port", Integer.toString(port));
        all.put(
                "spring.security.oauth2.resourceserver.jwt.jwk-set-uri",
                "http://127.0.0.1:" + keys.getAddress().getPort() + "/");
        return new String(new MessageJson().write(all), StandardCharsets.UTF_8);
    }

    /** A directory with nothing but the constant endpoint, which the gateway takes for an auto-configuration. */
    private Path addition() throws IOException {
        Path addition = directory().resolve("addition");
        String name = Constant.class.getName();
        Path target = addition.resolve(name.replace('.', '/') + ".class");
        Files.createDirectories(target.getParent());
        try (InputStream code = Constant.class.getResourceAsStream("Constant.class")) {
            if (code == null) {
                throw new IllegalStateException(name + " is missing");
            }
            Files.write(target, code.readAllBytes());
        }
        Path imports = addition.resolve(IMPORTS);
        Files.createDirectories(imports.getParent());
        Files.writeString(imports, name);
        return addition;
    }

    @Override
    protected boolean isReady() throws IOException {
        return get("actuator/health/readiness") == HttpURLConnection.HTTP_OK;
    }

    /** The status of an answer to somebody without a token. */
    int get(String path) throws IOException {
        HttpURLConnection connection =
                (HttpURLConnection) uri().resolve(path).toURL().openConnection();
        connection.setConnectTimeout(1000);
        connection.setReadTimeout(5000);
        try {
            return connection.getResponseCode();
        } finally {
            connection.disconnect();
        }
    }

    @Override
    public synchronized void close() {
        stop(); // in order, so that a recording is written
        keys.stop(0);
        super.close();
    }
}
