package shop.playground.shop;

import java.util.Collection;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import shop.playground.servers.ServerException;

/** Does the same to several things at the same time. */
final class Together {

    private Together() {}

    /** Returns when all are done, or throws what the first failure threw, without waiting for the others. */
    static <T> void run(Collection<T> things, Consumer<? super T> deed) {
        ExecutorService threads = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "playground");
            thread.setDaemon(true);
            return thread;
        });
        ExecutorCompletionService<Void> completion = new ExecutorCompletionService<>(threads);
        for (T thing : things) {
            Future<?> unused = completion.submit(() -> deed.accept(thing), null);
        }
        threads.shutdown();
        try {
            for (int done = 0; done < things.size(); done++) {
                completion.take().get();
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ServerException("Interrupted while waiting for the shop.", e);
        }
    }
}
