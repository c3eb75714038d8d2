package shop.benchmarks;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import shop.events.PurchaseCommand;
import shop.playground.console.Screen;
import shop.playground.load.Measured;
import shop.playground.servers.RabbitMq;
import shop.playground.servers.Redis;

/** How fast the gateway admits buyers and turns them away. */
@Command(
        name = "door",
        description = "Buyers per second at the flash sale's gateway, beside what each part of its work takes alone.")
final class DoorCommand implements Callable<Integer> {
    private static final double SOLD_OUT_OF_CONSTANT = 0.85;
    private static final double ADMISSION_OF_PARTS = 0.7;
    private static final double OPEN_LOOP = 0.7;
    private static final double HALF = 0.5;
    private static final Duration WANTED_P99 = Duration.ofMillis(60);
    private static final int AIM = 8_000;
    private static final int GROWTH_BUYERS = 10_000;

    @Option(
            names = "--gateway",
            defaultValue = "seckill-gateway/target/seckill-gateway.jar",
            description = "The gateway (${DEFAULT-VALUE}).")
    private Path jar = Path.of("");

    @Option(
            names = "--buyers",
            defaultValue = "50000",
            description = "Who come in each measurement, each once (${DEFAULT-VALUE}).")
    private int buyers;

    @Option(
            names = "--repetitions",
            defaultValue = "3",
            description = "Of each measurement, in turns (${DEFAULT-VALUE}).")
    private int repetitions;

    @Option(
            names = "--warm-up",
            defaultValue = "3",
            description = "Rounds before anything is measured, for the compiler (${DEFAULT-VALUE}).")
    private int warmUp;

    @Option(
            names = "--no-growth",
            description = "Leave out what becomes of it with more buyers in a sale, and with more sales.")
    private boolean noGrowth;

    @Option(names = "--seconds", defaultValue = "10", description = "Of each PerfTest (${DEFAULT-VALUE}).")
    private int seconds;

    @Option(names = "--recording", description = "Have Java's flight recorder watch the gateway, and write this file.")
    private @Nullable Path recording;

    @Option(names = "--assert", description = "End with 1 when something that is wanted is missed.")
    private boolean strict;

    private final Screen screen = Screen.standard();
    private final Figures constant = new Figures();
    private final Figures soldOut = new Figures();
    private final Figures script = new Figures();
    private final Figures publish = new Figures();
    private final Figures admission = new Figures();
    private final List<Open> open = List.of(new Open(OPEN_LOOP), new Open(HALF));
    private final Figures soldOutP99 = new Figures();
    private final Figures admissionP99 = new Figures();
    private final Figures constantMicros = new Figures();
    private final Figures soldOutMicros = new Figures();
    private final Figures admissionMicros = new Figures();
    private boolean allMet = true;

    /** Admission at this share of its rate at full load, in milliseconds. */
    private record Open(double share, Figures p50, Figures p99, Figures p999) {

        Open(double share) {
            this(share, new Figures(), new Figures(), new Figures());
        }

        void add(Measured measured) {
            p50.add(millis(measured, 50));
            p99.add(millis(measured, 99));
            p999.add(millis(measured, 99.9));
        }
    }

    @Override
    public Integer call() throws Exception {
        Crowd crowd = Crowd.of(buyers);
        try (RabbitMq rabbit = RabbitMq.local();
                Redis redis = Redis.local()) {
            rabbit.start();
            rabbit.allowMemory("2GB"); // nobody consumes, and it is not its alarm that is measured
            rabbit.keepClassicQueuesAsRabbitMq4();
            redis.start();
            Map<String, String> properties = new HashMap<>(rabbit.properties());
            properties.putAll(redis.properties());
            properties.put("seckill.max-queue-length", "1000000");
            properties.put("seckill.reconcile-after", "10m"); // what is queued here is thrown away
            try (AdmitScript script = new AdmitScript(redis, jar);
                    MeasuredGateway gateway =
                            new MeasuredGateway(jar, properties, crowd.mint().keySet(), recording)) {
                gateway.start();
                return measure(new DoorRun(gateway, rabbit, script, crowd.tokens()), rabbit, redis);
            }
        }
    }

    private int measure(DoorRun run, RabbitMq rabbit, Redis redis) throws Exception {
        PerfTest perfTest = new PerfTest(
                rabbit,
                PurchaseCommand.EXCHANGE,
                PurchaseCommand.KEY,
                run.purchaseBytes(),
                Duration.ofSeconds(seconds));
        settings(perfTest, redis);
        for (int round = 1; round <= warmUp; round++) {
            run.constant();
            run.soldOut();
            DoorRun.Answers warm = run.admission();
            complain("warm-up", run.admission(HALF * warm.perSecond()));
            screen.say("warm-up %d of %d: %,.0f admitted a second".formatted(round, warmUp, warm.perSecond()));
        }
        DoorRun.Answers last = null;
        for (int repetition = 1; repetition <= repetitions; repetition++) {
            var unused = add("constant", run.constant(), constant, constantMicros);
            soldOutP99.add(millis(add("sold out", run.soldOut(), soldOut, soldOutMicros), 99));
            script.add(run.scriptsPerSecond());
            publish.add(perfTest.messagesPerSecond());
            rabbit.broker().purge(DoorRun.QUEUE);
            last = run.admission();
            admissionP99.add(millis(add("admission", last, admission, admissionMicros), 99));
            for (Open one : open) {
                DoorRun.Answers answers = run.admission(one.share() * last.perSecond());
                complain("open loop", answers);
                one.add(answers.measured());
            }
            screen.say("repetition %d of %d is done".formatted(repetition, repetitions));
        }
        if (last == null) {
            throw new IllegalArgumentException("At least one repetition is needed.");
        }
        table();
        verdict(last.measured());
        if (!noGrowth) {
            growth(run);
        }
        return strict && !allMet ? 1 : 0;
    }

    private Measured add(String what, DoorRun.Answers answers, Figures perSecond, Figures processorMicros) {
        complain(what, answers);
        perSecond.add(answers.perSecond());
        processorMicros.add(answers.processorMicros());
        return answers.measured();
    }

    private void complain(String what, DoorRun.Answers answers) {
        if (answers.others() > 0) {
            screen.say("%s: %,d were told something else, or nothing".formatted(what, answers.others()));
        }
    }

    private void settings(PerfTest perfTest, Redis redis) {
        screen.title("The door: %,d buyers, each once, over %d connections".formatted(buyers, DoorRun.CONNECTIONS));
        Settings.machine(screen);
        screen.say("gateway     a process of its own, %s".formatted(String.join(" ", MeasuredGateway.JVM_OPTIONS)));
        Settings.redis(screen, redis);
        Settings.rabbit(
                screen,
                perfTest.rabbit(),
                " of %d bytes; classic queues kept as RabbitMQ 4 does".formatted(perfTest.bodyBytes()));
    }

    private void table() {
        screen.say("");
        screen.say("|                                                        |    median |       least .. most    |");
        screen.say("|--------------------------------------------------------|----------:|-----------------------:|");
        row("constant answer, token verified: /s", constant);
        row("sold-out answer: /s", soldOut);
        row("admit script alone, %d in flight: /s".formatted(AdmitScript.IN_FLIGHT), script);
        row("confirmed publish alone, PerfTest, 200 in flight: /s", publish);
        row("admission, nobody consumes: 202/s", admission);
        row("gateway's processor time, constant: µs", constantMicros);
        row("gateway's processor time, sold-out: µs", soldOutMicros);
        row("gateway's processor time, admission: µs", admissionMicros);
        row("sold-out answer: p99, ms", soldOutP99, 1);
        row("admission: p99, ms", admissionP99, 1);
        for (Open one : open) {
            String name = "admission at a fixed rate, %.0f %% of that: ".formatted(100 * one.share());
            row(name + "p50, ms", one.p50(), 1);
            row(name + "p99, ms", one.p99(), 1);
            row(name + "p99.9, ms", one.p999(), 1);
        }
        screen.say("");
    }

    private void row(String name, Figures figures) {
        row(name, figures, 0);
    }

    private void row(String name, Figures figures, int decimals) {
        screen.say("| %-54s %s |".formatted(name, figures.columns(decimals)));
    }

    private void verdict(Measured closed) {
        double parts = 1 / (1 / constant.median() + 1 / script.median() + 1 / publish.median());
        double ofConstant = soldOut.median() / constant.median();
        double ofParts = admission.median() / parts;
        say(
                ofConstant >= SOLD_OUT_OF_CONSTANT,
                "Sold-out answers reach %.2f of the constant one; wanted %.2f",
                ofConstant,
                SOLD_OUT_OF_CONSTANT);
        say(
                ofParts >= ADMISSION_OF_PARTS,
                "Admission reaches %.2f of its parts, one after the other (%.0f); wanted %.2f",
                ofParts,
                parts,
                ADMISSION_OF_PARTS);
        double p99 = open.get(0).p99().median();
        say(
                p99 < WANTED_P99.toMillis(),
                "At 70 %% of that, whatever comes back, p99 is %.1f ms; wanted below %d",
                p99,
                WANTED_P99.toMillis());
        screen.say("At full load: %s. The aim beyond: %,d admitted a second.".formatted(latencies(closed), AIM));
    }

    private void say(boolean met, String text, Object... figures) {
        allMet &= met;
        screen.say(String.format(Locale.ROOT, text, figures) + (met ? ": met." : ": MISSED."));
    }

    private static String latencies(Measured measured) {
        return String.format(
                Locale.ROOT,
                "p50 %.1f ms, p99 %.1f ms, p99.9 %.1f ms",
                millis(measured, 50),
                millis(measured, 99),
                millis(measured, 99.9));
    }

    /** One figure each, of a small crowd: it is the trend that counts. */
    private void growth(DoorRun run) throws Exception {
        DoorRun some = run.with(GROWTH_BUYERS);
        screen.title("Growth, %,d buyers each".formatted(GROWTH_BUYERS));
        screen.say("| buyers with a ticket of the sale | sales known | admitted/s | gateway µs | p99 ms |");
        screen.say("|---------------------------------:|------------:|-----------:|-----------:|-------:|");
        for (int holders : new int[] {0, 100, 1_000, 10_000, 100_000}) {
            growth(holders, 1, some.admissionAfter(holders));
        }
        int known = 1;
        for (int sales : new int[] {10, 100, 1_000, 10_000}) {
            some.announceSales(sales - known);
            known = sales;
            growth(0, sales, some.admission());
        }
        screen.say("Sales of the measurements before are known beside these.");
    }

    private void growth(int holders, int sales, DoorRun.Answers answers) {
        complain("growth", answers);
        screen.say(String.format(
                Locale.ROOT,
                "| %,32d | %,11d | %,10.0f | %,10.0f | %6.1f |",
                holders,
                sales,
                answers.perSecond(),
                answers.processorMicros(),
                millis(answers.measured(), 99)));
    }

    private static double millis(Measured measured, double percent) {
        return measured.percentile(percent).toNanos() / 1e6;
    }
}
