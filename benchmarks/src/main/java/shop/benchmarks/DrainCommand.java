package shop.benchmarks;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import shop.playground.console.Screen;
import shop.playground.servers.Broker;
import shop.playground.shop.ShopBuilder;

/** How fast queued purchases become orders. */
@Command(
        name = "drain",
        description = "Queued purchases to orders a second, relay on, beside PostgreSQL and the broker alone.")
final class DrainCommand implements Callable<Integer> {
    private static final String COPY = "alone";
    private static final String EXCHANGE = "benchmark.events";
    private static final String KEY = "order.placed";

    @Option(
            names = "--purchases",
            split = ",",
            defaultValue = "100000",
            description = "How many are queued; several numbers show the growth (${DEFAULT-VALUE}).")
    private int[] purchases = {};

    @Option(
            names = "--warm-up",
            defaultValue = "100000",
            description = "How many are drained before anything is measured, for the compiler (${DEFAULT-VALUE}).")
    private int warmUp;

    @Option(
            names = "--repetitions",
            defaultValue = "3",
            description = "Of each measurement, in turns (${DEFAULT-VALUE}).")
    private int repetitions;

    @Option(names = "--seconds", defaultValue = "10", description = "Of each PerfTest (${DEFAULT-VALUE}).")
    private int seconds;

    @Option(
            names = "--target",
            defaultValue = "4000",
            description = "Orders per second that are wanted of the most purchases (${DEFAULT-VALUE}).")
    private int target;

    @Option(names = "--recording", description = "Have Java's flight recorder watch the order service into this file.")
    private @Nullable Path recording;

    @Option(names = "--assert", description = "End with 1 when the target is missed, or the heap grows.")
    private boolean strict;

    private final Screen screen = Screen.standard();
    private List<Size> sizes = List.of();
    private final Map<String, Figures> processors = new LinkedHashMap<>();
    private final Figures unheard = new Figures();
    private final Figures postgres = new Figures();
    private final Figures broker = new Figures();

    /** So many purchases. */
    private record Size(int purchases, Figures orders, Figures settled) {

        Size(int purchases) {
            this(purchases, new Figures(), new Figures());
        }
    }

    @Override
    public Integer call() throws Exception {
        sizes = Arrays.stream(purchases).sorted().mapToObj(Size::new).toList();
        Crowd crowd = Crowd.of(Math.max(warmUp, largest().purchases()));
        try (Memory memory = Memory.logged();
                DeliveredShop shop = DeliveredShop.start(settings(crowd, memory), crowd, COPY)) {
            screen.title("The drain: purchases that are queued, to orders in the database");
            shop.tellSettings(screen);
            measure(shop, memory);
            table(memory);
            return verdict(memory.flat());
        }
    }

    private Size largest() {
        return sizes.get(sizes.size() - 1);
    }

    private ShopBuilder settings(Crowd crowd, Memory memory) {
        ShopBuilder settings = DeliveredShop.settings(crowd)
                .only(DeliveredShop.ORDERS, DeliveredShop.GATEWAY)
                .property(DeliveredShop.GATEWAY, "seckill.max-queue-length", "1000000")
                .jvm(DeliveredShop.ORDERS, memory.option());
        if (recording != null) {
            settings.jvm(
                    DeliveredShop.ORDERS,
                    "-XX:StartFlightRecording=settings=profile,filename=" + recording.toAbsolutePath(),
                    "-XX:FlightRecorderOptions=stackdepth=256");
        }
        return settings;
    }

    private void measure(DeliveredShop shop, Memory memory) throws Exception {
        DrainRun run = new DrainRun(shop);
        PostgresAlone alone = new PostgresAlone(shop.database(), shop.database(COPY));
        if (warmUp > 0) {
            DrainRun.Drained warm = run.drain(warmUp);
            screen.say("warm-up: %,.0f orders/s; PostgreSQL alone %,.0f"
                    .formatted(warm.seen().ordersPerSecond(), alone.ordersPerSecond(warm.sale())));
        }
        memory.watch(shop.shop().service(DeliveredShop.ORDERS).pid().orElseThrow());
        for (int repetition = 1; repetition <= repetitions; repetition++) {
            DrainRun.Drained last = null;
            for (Size size : sizes) {
                DrainRun.Drained drained = run.drain(size.purchases());
                size.orders().add(drained.seen().ordersPerSecond());
                size.settled().add(drained.seen().secondsToSettled());
                last = drained;
            }
            DrainRun.Drained largest = Objects.requireNonNull(last);
            largest.processors()
                    .forEach((name, spent) -> processors
                            .computeIfAbsent(name, key -> new Figures())
                            .add(spent));
            unheard.add(run.drainUnheard(largest().purchases()).seen().ordersPerSecond());
            postgres.add(alone.ordersPerSecond(largest.sale()));
            broker.add(eventsPerSecond(shop));
            screen.say("repetition %d of %d is done".formatted(repetition, repetitions));
        }
    }

    /** Events as large as those of these orders, to as many queues of the same kinds, and nobody consumes. */
    private double eventsPerSecond(DeliveredShop shop) throws Exception {
        Integer bytes = shop.database()
                .queryForObject(
                        "select avg(length(body))::int from (select body from outbox where routing_key = ? limit 1000) sample",
                        Integer.class,
                        KEY);
        Broker rabbit = shop.shop().rabbitMq().broker();
        List<String> queues = List.of("benchmark.window", "benchmark.journal");
        rabbit.with(channel -> {
            channel.exchangeDeclare(EXCHANGE, "topic", true);
            for (String queue : queues) {
                String type = queue.endsWith("journal") ? "stream" : "quorum";
                channel.queueDeclare(queue, true, false, false, Map.of("x-queue-type", type));
                channel.queueBind(queue, EXCHANGE, KEY);
            }
            return queues;
        });
        try {
            return new PerfTest(
                            shop.shop().rabbitMq(),
                            EXCHANGE,
                            KEY,
                            bytes == null ? 0 : bytes,
                            Duration.ofSeconds(seconds))
                    .messagesPerSecond();
        } finally {
            rabbit.with(channel -> {
                for (String queue : queues) {
                    channel.queueDelete(queue);
                }
                return queues;
            });
        }
    }

    private void table(Memory memory) {
        screen.say("");
        screen.say("|                                                        |    median |       least .. most    |");
        screen.say("|--------------------------------------------------------|----------:|-----------------------:|");
        for (Size size : sizes) {
            row("%,d purchases: orders/s".formatted(size.purchases()), size.orders(), 0);
        }
        row("limit: while the gateway stands still: orders/s", unheard, 0);
        row("limit: PostgreSQL alone, the same rows: orders/s", postgres, 0);
        row("limit: PerfTest, 200 in flight, two queues: events/s", broker, 0);
        for (Size size : sizes) {
            row("%,d purchases: s to the last settled ticket".formatted(size.purchases()), size.settled(), 1);
        }
        processors.forEach((name, figures) -> row("processor seconds: " + name, figures, 1));
        row("order-service: MiB of heap after a collection", memory.heap(), 0);
        row("order-service: MiB resident", memory.resident(), 0);
        screen.say("");
    }

    private void row(String name, Figures figures, int decimals) {
        screen.say("| %-54s %s |".formatted(name, figures.columns(decimals)));
    }

    private int verdict(boolean flat) {
        double reached = largest().orders().median();
        boolean met = reached >= target;
        screen.say(String.format(
                Locale.ROOT,
                "%.0f %% of PostgreSQL alone. At least %,d orders per second of %,d purchases: %s.",
                100 * reached / postgres.median(),
                target,
                largest().purchases(),
                met ? "met" : "MISSED"));
        screen.say(
                "Processor seconds are those of %,d purchases, from the first order to the last settled ticket; memory is that of the second half of the run."
                        .formatted(largest().purchases()));
        screen.say("The order service's heap after collections, first third to last: " + (flat ? "flat." : "GROWING."));
        return strict && !(met && flat) ? 1 : 0;
    }
}
