package shop.playground;

import java.io.Console;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import shop.playground.client.UnexpectedException;
import shop.playground.console.Screen;
import shop.playground.rush.RushPlan;
import shop.playground.rush.RushRun;

/** Lets a crowd loose on a shop that runs already. */
@Command(
        name = "rush",
        customSynopsis = "./rush [OPTIONS]",
        sortOptions = false,
        usageHelpAutoWidth = true,
        showDefaultValues = true,
        description = {
            "Opens a sale in a shop that runs already, such as that of ./demo, lets a crowd click for it until everybody has a"
                    + " definite answer, and tells how fast the shop was and whether its books balance.",
            "",
            "The exit code is 0 only if they do, and everybody has an answer. Ctrl-C ends it with what was measured so far."
        },
        footer = {
            "",
            "The operator's password is that which ./demo shows at its end. It comes from the environment's"
                    + " SHOP_OPERATOR_PASSWORD, or is asked for: given on the command line, others on this machine can read it.",
            "",
            "Buyers are registered at the first rush, which takes its time, and kept in target/rush-buyers.json, for their"
                    + " owner's eyes alone, for the next one at the same shop.",
            "",
            "Examples:",
            "  ./rush --buyers 2000 --units 100",
            "  ./rush --rate 3000    at 3,000 clicks a second, however slow the answers are",
            "  ./rush --gateway http://localhost:8080 --gateway http://localhost:8085"
        })
final class RushCommand implements Callable<Integer> {

    private static final int PATIENCE_SECONDS = 10;

    @Spec
    private @Nullable CommandSpec spec;

    @Option(names = "--buyers", paramLabel = "N", description = "How many come.")
    private int buyers = 50_000;

    @Option(names = "--units", paramLabel = "N", description = "How many of them can get one.")
    private int units = 10_000;

    @Option(
            names = "--gateway",
            paramLabel = "URL",
            description = "The flash sale's gateway; several share the connections.",
            defaultValue = "http://localhost:8080/")
    private List<URI> gateways = new ArrayList<>();

    @Option(names = "--orders", paramLabel = "URL", description = "The order service.")
    private URI orders = URI.create("http://localhost:8081/");

    @Option(
            names = "--connections",
            paramLabel = "N",
            description = "So many clicks are under way at a time, at the most.")
    private int connections = 64;

    @Option(
            names = "--rate",
            paramLabel = "N",
            description =
                    "Clicks a second: they do not wait for answers, and latency counts from when a click was meant to"
                            + " be. Without it, a connection's next click follows its last answer.")
    private @Nullable Double rate;

    @Option(
            names = "--product",
            paramLabel = "ID",
            description = "What is on sale: a product's id or name. Without it, what there is most of.")
    private @Nullable String product;

    @Option(
            names = "--operator-password",
            paramLabel = "SECRET",
            interactive = true,
            arity = "0..1",
            description = "See below; asked for if it is not there.")
    private char @Nullable [] password;

    @Option(names = "--allow-remote", description = "Do this to a shop on another machine. It had better be yours.")
    private boolean allowRemote;

    @Override
    public Integer call() {
        requireSense();
        RushRun run = new RushRun(
                new RushPlan(
                        buyers,
                        units,
                        gateways,
                        orders,
                        connections,
                        rate == null ? 0 : rate,
                        product,
                        Path.of("target", "rush-buyers.json")),
                Screen.standard());
        CountDownLatch over = new CountDownLatch(1);
        // Whoever interrupts it sees what was measured by then.
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            run.stop();
            await(over);
        }));
        try {
            return run.play(this::password) ? 0 : 1;
        } finally {
            over.countDown();
        }
    }

    // Newer JDKs have a console where there is no terminal, too: its input ends, or holds the password.
    @SuppressWarnings("SystemConsoleNull")
    private String password() {
        if (password != null) {
            return new String(password);
        }
        String kept = System.getenv("SHOP_OPERATOR_PASSWORD");
        if (kept != null && !kept.isBlank()) {
            return kept;
        }
        Console console = System.console();
        char[] typed = console == null ? null : console.readPassword("The operator's password: ");
        if (typed == null) {
            throw new UnexpectedException(
                    "The operator's password is missing: put what ./demo shows into SHOP_OPERATOR_PASSWORD.");
        }
        return new String(typed);
    }

    private void requireSense() {
        require(buyers > 0 && units > 0 && connections > 0, "--buyers, --units and --connections must be above 0.");
        require(rate == null || rate > 0, "--rate must be above 0.");
        List<URI> all = new ArrayList<>(gateways);
        all.add(orders);
        for (URI target : all) {
            require(
                    "http".equals(target.getScheme()) && target.getHost() != null,
                    target + " is no http://HOST:PORT/.");
            require(
                    allowRemote || isLoopback(target.getHost()),
                    target
                            + " is not this machine: a rush is an attack there, unless it is yours; then say --allow-remote.");
        }
    }

    private static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    private void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new ParameterException(Objects.requireNonNull(spec).commandLine(), otherwise);
        }
    }

    private static void await(CountDownLatch over) {
        try {
            if (!over.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                System.err.println("It did not end in time.");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
