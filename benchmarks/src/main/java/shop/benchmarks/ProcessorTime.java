package shop.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import shop.playground.shop.Service;
import shop.playground.shop.Shop;

/**
 * For how many seconds each process of the shop, with what descends or has descended from it, was on a processor; this one,
 * too.
 *
 * @see <a href="https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html">proc_pid_stat(5)</a>
 */
record ProcessorTime(Map<String, Double> seconds) {
    private static final double TICKS_PER_SECOND = 100; // USER_HZ, on every Linux
    private static final int USER = 11; // counted from the state, the first field behind the name
    private static final int OWN = 2;
    private static final int WITH_ENDED_CHILDREN = 4;

    static ProcessorTime of(Shop shop) {
        Map<String, Double> seconds = new LinkedHashMap<>();
        for (Service service : shop.services()) {
            seconds.put(service.name(), tree(service.pid()));
        }
        seconds.put("RabbitMQ", tree(shop.rabbitMq().pid()));
        seconds.put("PostgreSQL", tree(shop.postgres().pid()));
        seconds.put("Redis", tree(shop.redis().pid()));
        // The servers descend from this process, too.
        seconds.put(
                "buyers, mail and card stand-ins",
                seconds(ProcessHandle.current().pid(), OWN));
        return new ProcessorTime(seconds);
    }

    /** What was spent since then, in seconds. */
    Map<String, Double> since(ProcessorTime before) {
        Map<String, Double> since = new LinkedHashMap<>();
        seconds.forEach((name, now) -> since.put(name, now - before.seconds().getOrDefault(name, 0.0)));
        return since;
    }

    private static double tree(OptionalLong pid) {
        return pid.stream()
                .mapToObj(ProcessHandle::of)
                .flatMap(process -> process.stream())
                .flatMap(process -> Stream.concat(Stream.of(process), process.descendants()))
                .mapToDouble(process -> seconds(process.pid(), WITH_ENDED_CHILDREN))
                .sum();
    }

    private static double seconds(long pid, int fields) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"), StandardCharsets.ISO_8859_1);
            String[] parts = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            return IntStream.range(USER, USER + fields)
                            .mapToLong(field -> Long.parseLong(parts[field]))
                            .sum()
                    / TICKS_PER_SECOND;
        } catch (IOException ended) {
            return 0;
        }
    }
}
