package shop.playground.shop;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import shop.playground.servers.LocalProcess;
import shop.playground.servers.Ports;
import shop.playground.servers.ServerException;

/**
 * One of the shop's services as a process: stopped, started, killed, frozen and thawed at will. It comes back at the same
 * address.
 */
public final class Service extends LocalProcess {

    private final String name;
    private final Path jar;
    private final List<String> jvmOptions;
    private final int port;
    private final Map<String, String> properties;
    private volatile boolean abandoned;

    Service(String name, Path jar, List<String> jvmOptions, int port, Map<String, String> properties) {
        super(name);
        this.name = name;
        this.jar = jar;
        this.jvmOptions = List.copyOf(jvmOptions);
        this.port = port;
        this.properties = new TreeMap<>(properties);
        this.properties.put("server.address", "127.0.0.1");
        this.properties.put("server.port", Integer.toString(port));
    }

    /** The same program, set up with these properties instead. */
    Service another(String name, int port, Map<String, String> properties) {
        return new Service(name, jar, jvmOptions, port, properties);
    }

    Map<String, String> properties() {
        return new TreeMap<>(properties);
    }

    public String name() {
        return name;
    }

    public int port() {
        return port;
    }

    /** Where it answers, with a slash at the end. */
    public URI uri() {
        return URI.create("http://127.0.0.1:" + port + "/");
    }

    @Override
    protected ProcessBuilder command() {
        Ports.requireFree("the " + name, port);
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvmOptions);
        command.add("-jar");
        command.add(jar.toString());
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(directory().toFile());
        Map<String, String> environment = builder.environment();
        // What the caller has in the environment for services of their own is not for this one.
        environment.keySet().removeIf(key -> key.matches("(SPRING|SERVER|SHOP|SECKILL|MANAGEMENT|LOGGING)_.*"));
        environment.keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS"));
        environment.put("SPRING_APPLICATION_JSON", json());
        return builder;
    }

    /** By the environment, since anybody on this machine can read command lines. */
    private String json() {
        try {
            return new JsonMapper().writeValueAsString(properties);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    protected boolean isReady() throws IOException {
        if (abandoned) {
            throw new ServerException("The start of " + name + " was given up.");
        }
        HttpURLConnection connection = (HttpURLConnection)
                uri().resolve("actuator/health/readiness").toURL().openConnection();
        connection.setConnectTimeout(1000);
        connection.setReadTimeout(5000);
        try {
            return connection.getResponseCode() == HttpURLConnection.HTTP_OK;
        } finally {
            connection.disconnect();
        }
    }

    @Override
    protected Duration patience() {
        return Duration.ofMinutes(2);
    }

    @Override
    protected String advice() {
        return "the end of its log says why";
    }

    /** Makes a start that another thread waits for fail at once. */
    void abandon() {
        abandoned = true;
    }
}
