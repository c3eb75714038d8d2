package shop.playground.servers;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;

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

    /** True once it has loaded its append-only file, too: until then it answers -LOADING. */
    static boolean answers(int port) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 500);
            socket.setSoTimeout(2000);
            socket.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
            byte[] answer = socket.getInputStream().readNBytes(5);
            return new String(answer, StandardCharsets.US_ASCII).equals("+PONG");
        }
    }
}
