package shop.playground.load;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.URI;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Many requests over a few connections of HTTP/1.1, which stay open. All of it is done by one thread, since it shares its
 * machine with what it measures. A request that has no answer after 10 seconds, or loses its connection, is an error; the
 * connection is made anew.
 *
 * <p>The <em>closed</em> form sends a connection's next request when its last one is answered, and counts the latency from
 * the sending. The <em>open</em> form sends at a fixed rate, whatever comes back, and counts from when a request was
 * <a href="https://www.scylladb.com/2021/04/22/on-coordinated-omission/">meant to begin</a>: a server that stalls keeps
 * requests waiting before they can be sent, and that shows. It looks once a millisecond what is due.
 */
public final class Load {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final List<URI> targets;
    private final int connections;
    private final double rate; // none if 0
    private final Duration patience;
    private final AtomicReference<@Nullable Run> running = new AtomicReference<>();
    private volatile boolean stopped;

    private Load(List<URI> targets, int connections, double rate, Duration patience) {
        if (targets.isEmpty() || connections < 1) {
            throw new IllegalArgumentException("A load needs a target and a connection.");
        }
        this.targets = List.copyOf(targets);
        this.connections = connections;
        this.rate = rate;
        this.patience = patience;
    }

    /** The connections are dealt out to the targets, one after the other. */
    public static Load closed(List<URI> targets, int connections) {
        return new Load(targets, connections, 0, PATIENCE);
    }

    /**
     * As {@link #closed}, at a fixed rate.
     *
     * @param rate requests a second, above 0
     * @param connections at the most so many requests are under way; what exceeds them waits, and its latency runs
     */
    public static Load open(List<URI> targets, int connections, double rate) {
        if (!(rate > 0)) {
            throw new IllegalArgumentException("A rate must be above 0.");
        }
        return new Load(targets, connections, rate, PATIENCE);
    }

    Load patience(Duration forAnAnswer) {
        return new Load(targets, connections, rate, forAnAnswer);
    }

    /**
     * Does all errands, the new ones in their order, those that paused before them; returns when the last one is over, or
     * after {@link #stop}. The iterator, too, is asked by the load's thread alone.
     *
     * @throws RuntimeException what an errand or the iterator has thrown
     */
    public Measured run(Iterator<? extends Errand> errands) {
        EventLoopGroup thread =
                new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("load", true), NioIoHandler.newFactory());
        try {
            Bootstrap bootstrap = new Bootstrap()
                    .group(thread)
                    .channel(NioSocketChannel.class)
                    .option(ChannelOption.TCP_NODELAY, true)
                    .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) patience.toMillis());
            Run run = new Run(thread.next(), errands, rate > 0 ? Pace.open(rate) : Pace.closed(), patience);
            running.set(run);
            if (stopped) {
                run.stop();
            }
            run.begin(IntStream.range(0, connections)
                    .mapToObj(number -> new Connection(bootstrap, targets.get(number % targets.size()), run))
                    .toList());
            return run.await();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        } finally {
            running.set(null);
            thread.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
        }
    }

    /** Ends this run and every later one at once: what is not over by then stays so. Any thread may call it. */
    public void stop() {
        stopped = true;
        Run run = running.get();
        if (run != null) {
            run.stop();
        }
    }
}
