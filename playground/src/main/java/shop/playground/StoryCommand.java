package shop.playground;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import shop.playground.client.UnexpectedException;
import shop.playground.console.Screen;
import shop.playground.servers.ServerException;
import shop.playground.story.Keys;
import shop.playground.story.Places;
import shop.playground.story.Stage;
import shop.playground.story.Story;

/**
 * Plays the story against a shop that runs already. What it cannot do itself, stopping and starting a service, it asks of
 * whoever started it: a line {@code @stop delivery-service} on standard output, answered by {@code done} on standard
 * input.
 */
@Command(
        name = "story",
        showDefaultValues = true,
        description = {
            "Play the story against a shop that runs already.",
            "A line \"@stop SERVICE\" or \"@start SERVICE\" on standard output asks for that to be done; the answer is a line"
                    + " \"done\" on standard input.",
            "The environment holds two passwords: SHOP_OPERATOR_PASSWORD and RABBITMQ_PASSWORD."
        })
final class StoryCommand implements Callable<Integer> {

    @Option(names = "--orders", description = "The order service.")
    private URI orders = URI.create("http://localhost:8081/");

    @Option(names = "--gateway", description = "The flash sale's gateway.")
    private URI gateway = URI.create("http://localhost:8080/");

    @Option(names = "--mails", description = "The mail page.")
    private URI mails = URI.create("http://localhost:1080/");

    @Option(names = "--texts", description = "The text provider's stand-in, a WireMock.")
    private URI texts = URI.create("http://localhost:8089/");

    @Option(names = "--broker", description = "RabbitMQ's management API.")
    private URI broker = URI.create("http://localhost:15672/");

    @Option(names = "--broker-user", description = "Its user.")
    private String brokerUser = "shop";

    @Option(names = "--colour", description = "Use colours, although this is no terminal.")
    private boolean colour;

    @Option(names = "--bars", description = "Draw progress bars on standard error, although this is no terminal.")
    private boolean bars;

    @Override
    public Integer call() {
        // Lines alone on standard output, since it carries our requests, too.
        Screen screen = new Screen(System.out, bars ? System.err : null, colour);
        Keys keys = new Keys(secret("SHOP_OPERATOR_PASSWORD"), brokerUser, secret("RABBITMQ_PASSWORD"));
        boolean allTrue =
                new Story(new Places(orders, gateway, mails, texts, broker), keys, new Director(), screen).play();
        screen.title(allTrue ? "All of it came true." : "Not all of it came true.");
        return allTrue ? 0 : 1;
    }

    /** By the environment alone: others on the machine can read command lines. */
    private static String secret(String name) {
        String value = System.getenv(name);
        if (value == null || value.isBlank()) {
            throw new ServerException("The story needs " + name + " in its environment.");
        }
        return value;
    }

    /** Whoever reads our standard output. */
    private static final class Director implements Stage {

        private final BufferedReader answers =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));

        @Override
        public void stop(String service) {
            ask("stop", service);
        }

        @Override
        public void start(String service) {
            ask("start", service);
        }

        private void ask(String verb, String service) {
            System.out.println("@" + verb + " " + service);
            System.out.flush();
            try {
                String answer = answers.readLine();
                if (!"done".equals(answer)) {
                    throw new UnexpectedException("nobody did \"" + verb + " " + service + "\": the answer was "
                            + (answer == null ? "the end of input." : "\"" + answer + "\"."));
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
