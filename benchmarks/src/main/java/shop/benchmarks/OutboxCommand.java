package shop.benchmarks;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import shop.playground.console.Screen;
import shop.playground.servers.Postgres;
import shop.playground.servers.RabbitMq;

/** How fast the outbox is relayed. */
@Command(
        name = "outbox",
        description = "Events per second from the outbox: published, confirmed, marked. Its limit is PerfTest.")
final class OutboxCommand implements Callable<Integer> {
    private static final String EXCHANGE = "shop.events";
    private static final String QUEUE = "benchmark.events";
    private static final String QUEUE_TYPE = "quorum"; // as a subscriber's inbox queue

    @Option(
            names = "--aggregates",
            defaultValue = "10000",
            description = "How many things the events are about (${DEFAULT-VALUE}).")
    private int aggregates;

    @Option(names = "--events", defaultValue = "5", description = "Events of each (${DEFAULT-VALUE}).")
    private int events;

    @Option(
            names = "--repetitions",
            defaultValue = "3",
            description = "Of the limit and of the outbox, in turns (${DEFAULT-VALUE}).")
    private int repetitions;

    @Option(names = "--seconds", defaultValue = "10", description = "Of each PerfTest (${DEFAULT-VALUE}).")
    private int seconds;

    @Option(
            names = "--target",
            defaultValue = "5000",
            description = "Events per second that are wanted (${DEFAULT-VALUE}).")
    private int target;

    @Option(names = "--assert", description = "End with 1 when the target is missed.")
    private boolean strict;

    private final Screen screen = Screen.standard();

    @Override
    public Integer call() throws Exception {
        try (RabbitMq rabbit = RabbitMq.local();
                Postgres postgres = Postgres.local()) {
            rabbit.start();
            rabbit.allowMemory("2GB"); // nobody consumes, and it is not its alarm that is measured
            postgres.start();
            try (ConfigurableApplicationContext context = OutboxService.start(rabbit, postgres)) {
                return measure(rabbit, context);
            }
        }
    }

    private int measure(RabbitMq rabbit, ConfigurableApplicationContext context) throws Exception {
        OutboxRun run = new OutboxRun(context, aggregates, events);
        rabbit.broker().with(channel -> {
            channel.exchangeDeclare(EXCHANGE, "topic", true);
            channel.queueDeclare(QUEUE, true, false, false, Map.of("x-queue-type", QUEUE_TYPE));
            return channel.queueBind(QUEUE, EXCHANGE, "#");
        });
        PerfTest perfTest =
                new PerfTest(rabbit, EXCHANGE, OutboxRun.ROUTING_KEY, run.bodyBytes(), Duration.ofSeconds(seconds));
        settings(context.getBean(JdbcTemplate.class), perfTest);

        Figures limit = new Figures();
        Figures outbox = new Figures();
        for (int repetition = 1; repetition <= repetitions; repetition++) {
            limit.add(perfTest.messagesPerSecond());
            rabbit.broker().purge(QUEUE);
            outbox.add(run.eventsPerSecond());
            long arrived = rabbit.broker().purge(QUEUE);
            if (arrived != run.events()) {
                throw new IllegalStateException("%,d of %,d events arrived".formatted(arrived, run.events()));
            }
            screen.say("repetition %d of %d is done".formatted(repetition, repetitions));
        }
        return verdict(limit, outbox);
    }

    private void settings(JdbcTemplate jdbc, PerfTest perfTest) {
        screen.title("Outbox: %,d events of %,d aggregates, appended before the relay starts"
                .formatted(aggregates * events, aggregates));
        Settings.machine(screen);
        Settings.postgres(screen, jdbc);
        Settings.rabbit(screen, perfTest.rabbit(), " of %d bytes".formatted(perfTest.bodyBytes()));
    }

    private int verdict(Figures limit, Figures outbox) {
        boolean met = outbox.median() >= target;
        screen.say("");
        screen.say("| messages per second                 |    median |       least .. most    |");
        screen.say("|-------------------------------------|----------:|-----------------------:|");
        screen.say("| limit: PerfTest, 200 in flight      " + limit.columns() + " |");
        screen.say("| outbox: published, confirmed, marked" + outbox.columns() + " |");
        screen.say("");
        screen.say(String.format(
                Locale.ROOT,
                "The outbox reaches %.0f %% of the limit. At least %,d per second: %s.",
                100 * outbox.median() / limit.median(),
                target,
                met ? "met" : "missed"));
        return strict && !met ? 1 : 0;
    }
}
