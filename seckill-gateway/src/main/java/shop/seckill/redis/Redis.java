package shop.seckill.redis;

import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.stereotype.Component;
import shop.messaging.UnavailableException;

/**
 * One connection to Redis that all requests share, without waiting for each other. It is made beside the start of the
 * service and comes back by itself. While it is away, commands fail at once; a command that gets no answer fails after
 * {@code spring.data.redis.timeout}, and may have been run.
 */
@Component
public final class Redis implements SmartLifecycle {
    private static final Logger log = LoggerFactory.getLogger(Redis.class);
    private static final int PAUSE_SECONDS = 1;

    private final LettuceConnectionFactory factory;

    private volatile CountDownLatch stopped = new CountDownLatch(0);
    private volatile @Nullable Connection connection;
    private volatile boolean serves;

    Redis(LettuceConnectionFactory factory) {
        this.factory = factory;
    }

    /** Runs a script. Every key has to lie in the same hash slot. */
    public CompletableFuture<List<String>> run(Script script, List<String> keys, String... arguments) {
        String[] names = keys.toArray(String[]::new);
        return call(commands -> commands.<List<String>>evalsha(
                        script.digest(), ScriptOutputType.MULTI, names, arguments)
                .toCompletableFuture()
                .exceptionallyCompose(failure -> cause(failure) instanceof RedisNoScriptException
                        ? commands.eval(script.source(), ScriptOutputType.MULTI, names, arguments)
                        : CompletableFuture.failedFuture(failure)));
    }

    /** Whether it answered when it was last asked, which is each second; a cluster: whether one node said that all is well. */
    public boolean serves() {
        return serves;
    }

    /** Sends a command. Never throws: what fails before it is sent completes the future, too. */
    public <T> CompletableFuture<T> call(
            Function<RedisClusterAsyncCommands<String, String>, ? extends CompletionStage<T>> command) {
        Connection current = connection;
        if (current == null) {
            return CompletableFuture.failedFuture(new RedisAwayException());
        }
        try {
            return command.apply(current.commands()).toCompletableFuture();
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /**
     * Waits for an answer.
     *
     * @throws UnavailableException when there is none, or one that says that Redis does not serve at the moment
     */
    public static <T> T await(CompletableFuture<T> answer) {
        try {
            return answer.join();
        } catch (CompletionException e) {
            throw unavailable(cause(e)) ? new UnavailableException("Redis does not serve: " + cause(e), e) : e;
        }
    }

    /** What a server says of the command itself begins with {@code ERR}; all else is about how it is. */
    private static boolean unavailable(Throwable failure) {
        return failure instanceof RedisAwayException
                || (failure instanceof RedisException
                        && !(failure instanceof RedisCommandExecutionException
                                && String.valueOf(failure.getMessage()).startsWith("ERR")));
    }

    @Override
    public void start() {
        CountDownLatch stop = new CountDownLatch(1);
        stopped = stop;
        Thread thread = new Thread(() -> connectAndWatch(stop), "redis-watch");
        thread.setDaemon(true);
        thread.start();
    }

    private void connectAndWatch(CountDownLatch stop) {
        do {
            if (connection == null) {
                connect(stop);
            }
            look(stop);
        } while (!isDownWithin(PAUSE_SECONDS, stop));
    }

    private void connect(CountDownLatch stop) {
        try {
            keep(Connection.of(factory.getRequiredNativeClient()), stop);
        } catch (RuntimeException e) {
            log.warn("Redis cannot be reached yet, trying again: {}", e.toString());
        }
    }

    private synchronized void keep(Connection made, CountDownLatch stop) {
        if (stop.getCount() > 0) {
            connection = made;
        } else {
            made.whole().close();
        }
    }

    private void look(CountDownLatch stop) {
        Connection current = connection;
        if (current != null) {
            var unused = call(commands -> current.serving())
                    .whenComplete((yes, failure) -> serves = failure == null && yes && stop.getCount() > 0);
        }
    }

    private static boolean isDownWithin(int seconds, CountDownLatch stop) {
        try {
            return stop.await(seconds, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    @Override
    public synchronized void stop() {
        stopped.countDown();
        Connection current = connection;
        connection = null;
        serves = false;
        if (current != null) {
            current.whole().close();
        }
    }

    @Override
    public boolean isRunning() {
        return stopped.getCount() > 0;
    }

    /** After the factory's client is made, before anything that is started may ask. */
    @Override
    public int getPhase() {
        return 1;
    }

    private static Throwable cause(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }

    private record Connection(
            StatefulConnection<String, String> whole,
            RedisClusterAsyncCommands<String, String> commands,
            boolean isCluster) {

        static Connection of(AbstractRedisClient client) {
            if (client instanceof RedisClusterClient cluster) {
                StatefulRedisClusterConnection<String, String> connection = cluster.connect();
                return new Connection(connection, connection.async(), true);
            }
            StatefulRedisConnection<String, String> connection = ((RedisClient) client).connect();
            return new Connection(connection, connection.async(), false);
        }

        CompletionStage<Boolean> serving() {
            return isCluster
                    ? commands.clusterInfo().thenApply(info -> info.contains("cluster_state:ok"))
                    : commands.ping().thenApply("PONG"::equals);
        }
    }

    /** There is no connection, so nothing was sent. */
    private static final class RedisAwayException extends RuntimeException {
        private RedisAwayException() {
            super("Redis cannot be reached", null, false, false);
        }
    }
}
