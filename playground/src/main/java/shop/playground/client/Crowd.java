package shop.playground.client;

import java.util.Collection;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import shop.playground.console.Progress;
import shop.playground.console.Screen;

/** Does the same for many, so many of them at a time. */
public final class Crowd {

    private final Screen screen;
    private final int atATime;

    public Crowd(Screen screen, int atATime) {
        this.screen = screen;
        this.atATime = atATime;
    }

    /** Returns when all are done; the first failure is thrown then. */
    public <T> void each(String task, Collection<T> all, Function<T, CompletableFuture<?>> deed) {
        Semaphore free = new Semaphore(atATime);
        try (Progress progress = screen.progress(task, all.size())) {
            CompletableFuture<?>[] deeds = all.stream()
                    .map(one -> {
                        free.acquireUninterruptibly();
                        return deed.apply(one).whenComplete((result, failure) -> {
                            free.release();
                            progress.step();
                        });
                    })
                    .toArray(CompletableFuture<?>[]::new);
            CompletableFuture.allOf(deeds).join();
        }
    }
}
