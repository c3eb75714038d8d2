package shop.playground.proxy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import shop.playground.servers.Ports;

/**
 * Stands between a client and a server of this machine and sends on what it gets, until it is told otherwise: to hold some
 * of it up, to cut connections, to take none. Where it knows the protocol, it sees messages in the bytes.
 *
 * <pre>{@code
 * proxy.hold(Traffic.CONFIRMS);
 * order(); // is published, and the service does not learn that the broker has it
 * proxy.awaitHeld(1);
 * service.kill();
 * proxy.release();
 * }</pre>
 */
public final class Proxy implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int CONNECT_MILLIS = 2000;

    private final int port = Ports.free();
    private final int target;
    private final Supplier<Framing> framing;
    private final Set<Link> links = ConcurrentHashMap.newKeySet();
    private volatile @Nullable ServerSocket door;
    private final Map<Traffic, AtomicInteger> counts = new ConcurrentHashMap<>();
    private volatile @Nullable Traffic held;
    private @Nullable Cut cut;

    private record Cut(Traffic within, int bytes) {}

    private Proxy(int target, Supplier<Framing> framing) {
        this.target = target;
        this.framing = framing;
        accept();
    }

    /** Before the server at this port, which speaks whatever it likes. */
    public static Proxy tcp(int target) {
        return new Proxy(target, Framing::plain);
    }

    /** Before the RabbitMQ at this port. */
    public static Proxy amqp(int target) {
        return new Proxy(target, AmqpFrames::new);
    }

    /** Where it listens, on 127.0.0.1. */
    public int port() {
        return port;
    }

    /** How much of this traffic has come since the first call that asked for it: frames of AMQP, or pieces of bytes. */
    public int count(Traffic traffic) {
        return counts.computeIfAbsent(traffic, fresh -> new AtomicInteger()).get();
    }

    /**
     * Holds this traffic up, in all connections there are and will be. What comes behind it has to wait, too; in AMQP only
     * what comes behind it on the same channel. Heartbeats go through.
     */
    public void hold(Traffic traffic) {
        held = traffic;
    }

    /** How much of what {@link #hold} said is held up now: frames of AMQP, or pieces of bytes. */
    public int held() {
        return links.stream().mapToInt(Link::held).sum();
    }

    /**
     * Waits until at least so much is held up.
     *
     * @throws AssertionError after half a minute
     */
    public void awaitHeld(int number) {
        await(() -> held() >= number, "hold up " + number);
    }

    /** Sends on what is held up, and holds up nothing more. */
    public void release() {
        held = null;
        links.forEach(Link::release);
    }

    /** Resets every connection, without sending on what is held up, and holds up nothing more. */
    public void cut() {
        held = null;
        links.forEach(Link::cut);
    }

    /** Cuts the connection that sends the next such piece, once that many bytes of the piece are sent on. */
    public void cutWithin(Traffic traffic, int bytes) {
        synchronized (links) {
            cut = new Cut(traffic, bytes);
        }
    }

    /**
     * Waits until {@link #cutWithin} has come true.
     *
     * @throws AssertionError after half a minute
     */
    public void awaitCut() {
        await(() -> cut == null, "cut");
    }

    /** Resets every connection and takes no new one, as if the server did not run, until {@link #accept}. */
    public void refuse() {
        ServerSocket open = door;
        door = null;
        if (open != null) {
            close(open);
        }
        cut();
    }

    /** Takes connections again. */
    public void accept() {
        if (door != null) {
            return;
        }
        try {
            ServerSocket opened = new ServerSocket();
            opened.setReuseAddress(true);
            opened.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            door = opened;
            inBackground(() -> accept(opened));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void accept(ServerSocket opened) {
        while (!opened.isClosed()) {
            try {
                Socket client = opened.accept();
                inBackground(() -> connect(client));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void connect(Socket client) {
        Socket server = new Socket();
        try {
            server.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target), CONNECT_MILLIS);
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
        } catch (IOException away) {
            Link.reset(client);
            Link.reset(server);
            return;
        }
        Link link = new Link(this, client, server, framing.get(), framing.get());
        links.add(link);
        link.start();
        if (door == null) {
            link.cut(); // refused meanwhile
        }
    }

    void count(Frame frame) {
        counts.forEach((traffic, count) -> {
            if (traffic.includes(frame)) {
                count.incrementAndGet();
            }
        });
    }

    boolean isHeld(Frame frame) {
        Traffic wanted = held;
        return wanted != null && wanted.includes(frame);
    }

    /** How much of this frame is to go through, if it is the one to cut the connection within. */
    OptionalInt partOf(Frame frame) {
        synchronized (links) {
            Cut wanted = cut;
            if (wanted == null || !wanted.within().includes(frame)) {
                return OptionalInt.empty();
            }
            cut = null;
            links.notifyAll();
            return OptionalInt.of(wanted.bytes());
        }
    }

    /** What {@link #await} waits for may be so now. */
    void changed() {
        synchronized (links) {
            links.notifyAll();
        }
    }

    void forget(Link link) {
        links.remove(link);
    }

    private void await(BooleanSupplier fact, String what) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        synchronized (links) {
            while (!fact.getAsBoolean()) {
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    throw new AssertionError("There was nothing to %s in %s; %d held up in %d connections"
                            .formatted(what, PATIENCE, held(), links.size()));
                }
                try {
                    links.wait(left / 1_000_000 + 1);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new IllegalStateException(e);
                }
            }
        }
    }

    static void inBackground(Runnable task) {
        Thread thread = new Thread(task, "proxy");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() {
        refuse();
    }

    private static void close(ServerSocket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
