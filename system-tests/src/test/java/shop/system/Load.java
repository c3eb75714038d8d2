package shop.system;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import shop.playground.client.Api;
import shop.playground.client.Customer;
import shop.playground.client.UnexpectedException;

/**
 * Customers at their business, in the background: they order, and mostly pay, sometimes cancel. They ask again until they
 * are answered, so it does not end while the order service is away, nor before it is told to.
 */
final class Load {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Duration PAUSE = Duration.ofMillis(100); // after which the next one comes
    private static final int PLENTIFUL = 6; // of the products, the first ones are enough for everybody

    private final Visitor visitor;
    private final Random random;
    private final AtomicInteger orders = new AtomicInteger();
    private final CompletableFuture<Void> done;
    private volatile boolean finishing;

    Load(Visitor visitor, int least, long seed) {
        System.out.printf("At least %d orders of a load with seed %d%n", least, seed);
        this.visitor = visitor;
        this.random = new Random(seed);
        this.done = CompletableFuture.runAsync(() -> run(least), task -> new Thread(task, "load").start());
    }

    /** Waits until so many orders more are done with, at least. */
    void awaitMore(int number) {
        int enough = orders.get() + number;
        await().atMost(PATIENCE).until(() -> done.isCompletedExceptionally() || orders.get() >= enough);
        if (done.isCompletedExceptionally()) {
            done.join();
        }
    }

    /** Lets nobody come any more once there were enough, and waits for all. */
    void finish() {
        finishing = true;
        done.join();
    }

    private void run(int least) {
        Api signedIn = null;
        while (!finishing || orders.get() < least) {
            if (signedIn == null || random.nextInt(5) == 0) {
                signedIn = untilAnswered(() -> visitor.signIn(visitor.customer("Jean Bartik", "en")));
            }
            order(signedIn);
            orders.incrementAndGet();
            LockSupport.parkNanos(PAUSE.toNanos());
        }
    }

    private void order(Api signedIn) {
        List<JsonNode> products =
                untilAnswered(() -> new ArrayList<>(visitor.products().subList(0, PLENTIFUL)));
        Collections.shuffle(products, random);
        List<JsonNode> chosen = products.subList(0, 1 + random.nextInt(2));
        String order = untilAnswered(() -> Customer.place(signedIn, chosen)).text("id");
        int fate = random.nextInt(10);
        if (fate < 7) {
            untilAnswered(() -> Customer.pay(signedIn, order));
        } else if (fate < 9) {
            untilAnswered(() -> Customer.cancel(signedIn, order));
        }
    }

    private static <T> T untilAnswered(Callable<T> request) {
        return await().atMost(PATIENCE)
                .ignoreExceptionsMatching(e -> e instanceof UnexpectedException || e instanceof CompletionException)
                .until(request, answer -> true);
    }
}
