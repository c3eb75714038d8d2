package shop.playground.servers;

import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** Starts servers, says where they work, and waits to be killed. */
final class ServersForGuard {

    private ServersForGuard() {}

    public static void main(String[] arguments) throws InterruptedException {
        Path directory = Guard.directory("any").getParent();
        RabbitMq.local().start();
        Redis.local().start();
        Postgres.local().start();
        Guard.closeAtExit(() -> System.out.println("first"));
        Guard.closeAtExit(() -> System.out.println("second"));
        System.out.println(directory);
        new CountDownLatch(1).await();
    }
}
