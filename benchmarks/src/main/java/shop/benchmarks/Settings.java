package shop.benchmarks;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import java.util.Map;
import org.springframework.jdbc.core.JdbcTemplate;
import shop.playground.console.Screen;
import shop.playground.servers.Redis;

/** What a measurement runs on, as it is told before it. */
final class Settings {

    private Settings() {}

    static void machine(Screen screen) {
        screen.say("machine     %d processors, all on it; Java %s"
                .formatted(Runtime.getRuntime().availableProcessors(), Runtime.version()));
    }

    static void postgres(Screen screen, JdbcTemplate database) {
        screen.say("PostgreSQL  %s, fsync %s, synchronous_commit %s"
                .formatted(
                        setting(database, "server_version"),
                        setting(database, "fsync"),
                        setting(database, "synchronous_commit")));
    }

    static void redis(Screen screen, Redis redis) {
        RedisClient client = RedisClient.create(RedisURI.create(redis.host(), redis.port()));
        try (StatefulRedisConnection<String, String> connection = client.connect()) {
            Map<String, String> settings = connection.sync().configGet("append*");
            screen.say("Redis       one node, appendonly %s, appendfsync %s"
                    .formatted(settings.get("appendonly"), settings.get("appendfsync")));
        } finally {
            client.shutdown();
        }
    }

    private static String setting(JdbcTemplate database, String name) {
        return String.valueOf(database.queryForObject("select current_setting(?)", String.class, name));
    }
}
