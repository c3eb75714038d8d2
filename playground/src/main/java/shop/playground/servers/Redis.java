package shop.playground.servers;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Redis with its append-only file on, written to disk once a second. */
public final class Redis extends BreakableServer {

    /** The image that stands for Redis under Docker. */
    static final String IMAGE = "redis:8";

    private final int port;

    private Redis(Breakable body, int port) {
        super(body);
        this.port = port;
    }

    /** On a free port. */
    public static Redis local() {
        return local(Ports.free());
    }

    public static Redis local(int port) {
        return new Redis(new RedisProcess(port), port);
    }

    /** Starts a cluster of one node: it refuses what touches two hash slots, as any cluster does. */
    public static Redis startCluster() {
        int port = Ports.free();
        Redis redis = new Redis(new RedisProcess(port, "--cluster-enabled", "yes"), port);
        redis.start();
        redis.command(Stream.concat(
                        Stream.of("CLUSTER", "ADDSLOTS"),
                        IntStream.range(0, 16384).mapToObj(Integer::toString))
                .toArray(String[]::new));
        return redis;
    }

    static Redis inDocker() {
        int port = Ports.free();
        Container container = new Container(IMAGE)
                .command("redis-server", "--appendonly", "yes", "--appendfsync", "everysec", "--save", "")
                .port(port, 6379)
                .readyWhen(() -> answers(port));
        return new Redis(container, port);
    }

    public String host() {
        return "127.0.0.1";
    }

    public int port() {
        return port;
    }

    @Override
    public Map<String, String> properties() {
        return Map.of("spring.data.redis.host", host(), "spring.data.redis.port", Integer.toString(port));
    }

    /**
     * What it answers to a command, such as {@code ZCARD} and a key: a number or a status as text, nothing where it has
     * nothing. For commands whose answer is one value in one line.
     */
    public String command(String... words) {
        StringBuilder request = new StringBuilder("*" + words.length + "\r\n");
        for (String word : words) {
            int length = word.getBytes(StandardCharsets.UTF_8).length;
            request.append("$").append(length).append("\r\n").append(word).append("\r\n");
        }
        try (Socket socket = connect(port)) {
            socket.getOutputStream().write(request.toString().getBytes(StandardCharsets.UTF_8));
            BufferedReader answer =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            String head = answer.readLine();
            if (head == null || !head.matches("[+:$].*")) {
                throw new ServerException("Redis answered %s with: %s".formatted(words[0], head));
            }
            if (!head.startsWith("$")) {
                return head.substring(1);
            }
            return head.equals("$-1") ? "" : String.valueOf(answer.readLine());
        } catch (IOException e) {
            throw new ServerException("Redis did not answer " + words[0] + ": see whether it runs.", e);
        }
    }

    /** True once it has loaded its append-only file, too: until then it answers -LOADING. */
    static boolean answers(int port) throws IOException {
        try (Socket socket = connect(port)) {
            socket.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
            byte[] answer = socket.getInputStream().readNBytes(5);
            return new String(answer, StandardCharsets.US_ASCII).equals("+PONG");
        }
    }

    private static Socket connect(int port) throws IOException {
        Socket socket = new Socket();
        try {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 500);
            socket.setSoTimeout(2000);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }
}
