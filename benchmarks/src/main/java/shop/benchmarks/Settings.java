package shop.benchmarks;

import com.rabbitmq.http.client.domain.QueueInfo;
import com.sun.management.OperatingSystemMXBean;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.jdbc.core.JdbcTemplate;
import shop.playground.console.Screen;
import shop.playground.servers.RabbitMq;
import shop.playground.servers.Redis;

/** What a measurement runs on, as it is told before it. */
final class Settings {

    private Settings() {}

    static void machine(Screen screen) {
        screen.say("machine     %d processors (%s), %d GiB, all on it; Java %s"
                .formatted(Runtime.getRuntime().availableProcessors(), processor(), gibibytes(), Runtime.version()));
    }

    private static String processor() {
        try (Stream<String> facts = Files.lines(Path.of("/proc/cpuinfo"))) {
            return facts.filter(fact -> fact.startsWith("model name"))
                    .map(fact -> fact.substring(fact.indexOf(':') + 1).trim())
                    .findFirst()
                    .orElseGet(Settings::architecture);
        } catch (IOException notLinux) {
            return architecture();
        }
    }

    private static String architecture() {
        return System.getProperty("os.arch");
    }

    private static long gibibytes() {
        OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        return Math.round(system.getTotalMemorySize() / (double) (1L << 30));
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
            String version = connection
                    .sync()
                    .info("server")
                    .lines()
                    .filter(fact -> fact.startsWith("redis_version:"))
                    .map(fact -> fact.substring(fact.indexOf(':') + 1))
                    .findFirst()
                    .orElse("");
            screen.say("Redis       %s, one node, appendonly %s, appendfsync %s"
                    .formatted(version, settings.get("appendonly"), settings.get("appendfsync")));
        } finally {
            client.shutdown();
        }
    }

    /** With the queues that are there by now. */
    static void rabbit(Screen screen, RabbitMq rabbit, String messages) {
        Map<String, Long> queues = rabbit.broker().queues().stream()
                .filter(QueueInfo::isDurable)
                .collect(Collectors.groupingBy(QueueInfo::getType, TreeMap::new, Collectors.counting()));
        screen.say("RabbitMQ    %s, one node, durable queues %s; persistent messages%s, mandatory, confirmed"
                .formatted(rabbit.broker().version(), queues, messages));
    }

    private static String setting(JdbcTemplate database, String name) {
        return String.valueOf(database.queryForObject("select current_setting(?)", String.class, name));
    }
}
