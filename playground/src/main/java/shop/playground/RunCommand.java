package shop.playground;

import java.net.URI;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import shop.playground.client.UnexpectedException;
import shop.playground.console.Screen;
import shop.playground.servers.Guard;
import shop.playground.servers.RabbitMq;
import shop.playground.servers.ServerException;
import shop.playground.shop.Service;
import shop.playground.shop.Shop;
import shop.playground.shop.ShopBuilder;
import shop.playground.story.Keys;
import shop.playground.story.Places;
import shop.playground.story.Stage;
import shop.playground.story.Story;

/** Starts the shop without Docker, plays the story, and stays. */
@Command(name = "run", description = "Start the shop as processes of this machine, play the story, stay until Ctrl-C.")
final class RunCommand implements Callable<Integer> {

    @Option(names = "--once", description = "End after the story; the exit code is 0 only if all of it came true.")
    private boolean once;

    @Option(
            names = "--roomy",
            description = "A long queue, drained by the hundred, and services that become fast instead of being there"
                    + " fast: for ./rush with thousands.")
    private boolean roomy;

    @Option(names = "--root", description = "The project's root (default: found from the working directory upwards).")
    private @Nullable Path root;

    private volatile boolean starting = true;

    @Override
    public Integer call() throws InterruptedException {
        Screen screen = Screen.standard();
        long begin = System.nanoTime();
        // Whoever gives up during the start shall not wait for it: what runs by then ends with this JVM.
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            if (starting) {
                Runtime.getRuntime().halt(130);
            }
        }));
        screen.title("mq-shop, as processes of this machine");
        Shop shop;
        try {
            shop = builder(screen).start();
            Guard.closeAtExit(shop);
        } finally {
            starting = false;
        }
        try {
            screen.say(String.format(Locale.ROOT, "The shop is open after %.1f s.", (System.nanoTime() - begin) / 1e9));
            boolean allTrue = story(shop, screen).play();
            verdict(shop, screen, allTrue);
            if (!once) {
                addresses(shop, screen);
                new CountDownLatch(1).await(); // until a signal ends this JVM
            }
            return allTrue ? 0 : 1;
        } finally {
            shop.close();
        }
    }

    private ShopBuilder builder(Screen screen) {
        ShopBuilder builder = Shop.builder().fixedPorts().screen(screen);
        if (root != null) {
            builder.root(root);
        }
        if (roomy) {
            builder.roomy();
        }
        String operatorPassword = System.getenv("SHOP_OPERATOR_PASSWORD");
        if (operatorPassword != null && !operatorPassword.isBlank()) {
            builder.operatorPassword(operatorPassword);
        }
        return builder;
    }

    private static Story story(Shop shop, Screen screen) {
        RabbitMq broker = shop.rabbitMq();
        return new Story(
                new Places(
                        shop.orders(),
                        shop.gateway(),
                        shop.mailPage(),
                        URI.create(shop.thirdParties().url() + "/"),
                        URI.create(broker.managementUrl() + "/")),
                new Keys(shop.operatorPassword(), broker.username(), broker.password()),
                new Stage() {
                    @Override
                    public void stop(String service) {
                        shop.service(service).stop();
                    }

                    @Override
                    public void start(String service) {
                        try {
                            shop.service(service).start();
                        } catch (ServerException e) {
                            throw new UnexpectedException(String.valueOf(e.getMessage()));
                        }
                    }
                },
                screen);
    }

    private static void verdict(Shop shop, Screen screen, boolean allTrue) {
        if (allTrue) {
            screen.title("All of it came true.");
            return;
        }
        Path logs = Path.of("target", "demo-logs").toAbsolutePath();
        shop.saveLogs(logs);
        screen.title("Not all of it came true. What the services wrote is in " + logs);
    }

    private static void addresses(Shop shop, Screen screen) {
        screen.title("The shop stays open: look around. Ctrl-C ends everything.");
        RabbitMq broker = shop.rabbitMq();
        screen.say("order API       " + shop.orders().resolve("swagger-ui.html"));
        screen.say("flash sale API  " + shop.gateway().resolve("swagger-ui.html"));
        screen.say("operator        operator@shop.example, password " + shop.operatorPassword());
        screen.say("RabbitMQ        %s, user %s, password %s"
                .formatted(broker.managementUrl(), broker.username(), broker.password()));
        screen.say("  for services  amqp://%s:%d, virtual host %s"
                .formatted(broker.host(), broker.port(), broker.virtualHost()));
        screen.say("mails           " + shop.mailPage());
        for (Service service : shop.services()) {
            screen.say("metrics         " + service.uri().resolve("actuator/prometheus"));
        }
    }
}
