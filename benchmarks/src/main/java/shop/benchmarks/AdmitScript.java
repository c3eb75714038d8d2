package shop.benchmarks;

import io.lettuce.core.KeyScanCursor;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.jar.JarFile;
import shop.messaging.Ids;
import shop.playground.servers.Redis;

/** The gateway's script that admits a buyer, without the gateway. */
final class AdmitScript implements AutoCloseable {
    static final int IN_FLIGHT = 50;

    private static final int AT_ONCE = 1_000;
    private static final String SCRIPT = "BOOT-INF/classes/redis/admit.lua";
    private static final String KEEP_MILLIS = "86400000";
    private static final String RECONCILE_MILLIS = "600000";

    private final RedisClient client;
    private final StatefulRedisConnection<String, String> connection;
    private final String digest;

    /**
     * Loads it into Redis.
     *
     * @param gateway the jar where it is
     */
    AdmitScript(Redis redis, Path gateway) throws IOException {
        client = RedisClient.create(RedisURI.create(redis.host(), redis.port()));
        connection = client.connect();
        try (JarFile jar = new JarFile(gateway.toFile());
                InputStream script = jar.getInputStream(jar.getEntry(SCRIPT))) {
            digest = connection.sync().scriptLoad(new String(script.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    /** Admits so many buyers, and tells how many a second. */
    double admit(UUID sale, int buyers) throws InterruptedException {
        String base = "seckill:{" + sale + "}:";
        Semaphore free = new Semaphore(IN_FLIGHT);
        long begun = System.nanoTime();
        for (int buyer = 0; buyer < buyers; buyer++) {
            free.acquire();
            UUID ticket = Ids.next();
            var unused = connection
                    .async()
                    .evalsha(
                            digest,
                            ScriptOutputType.MULTI,
                            new String[] {base + "sale", base + "buyers", base + "pending", base + "ticket:" + ticket},
                            sale + "." + ticket,
                            UUID.randomUUID().toString(),
                            KEEP_MILLIS,
                            RECONCILE_MILLIS)
                    .whenComplete((answer, failure) -> free.release());
        }
        free.acquire(IN_FLIGHT);
        double perSecond = buyers / ((System.nanoTime() - begun) / 1e9);
        long admitted = connection.sync().zcard(base + "pending");
        if (admitted != buyers) {
            throw new IllegalStateException("%,d of %,d are admitted".formatted(admitted, buyers));
        }
        return perSecond;
    }

    /** Forgets who bought in a sale, so that Redis does not grow by one measurement for the next; not the sale itself. */
    void forget(UUID sale) {
        String base = "seckill:{" + sale + "}:";
        RedisCommands<String, String> redis = connection.sync();
        redis.unlink(base + "buyers", base + "pending");
        ScanArgs tickets = ScanArgs.Builder.matches(base + "ticket:*").limit(AT_ONCE);
        KeyScanCursor<String> some = redis.scan(tickets);
        while (true) {
            if (!some.getKeys().isEmpty()) {
                redis.unlink(some.getKeys().toArray(String[]::new));
            }
            if (some.isFinished()) {
                return;
            }
            some = redis.scan(some, tickets);
        }
    }

    @Override
    public void close() {
        client.shutdown();
    }
}
