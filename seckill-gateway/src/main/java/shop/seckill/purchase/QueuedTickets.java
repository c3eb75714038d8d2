package shop.seckill.purchase;

import static java.util.stream.Collectors.groupingBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiFunction;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * Notes which tickets the broker has. Whatever it confirms while notes are on their way to Redis goes together with the
 * next: the more come, the less each of them costs. So a note may wait for two answers of Redis, or for two times that
 * none came.
 */
@Component
final class QueuedTickets {
    private final BiFunction<UUID, List<Ticket>, CompletableFuture<?>> script;
    private final Queue<Note> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean underWay = new AtomicBoolean();

    @Autowired
    QueuedTickets(Tickets tickets) {
        this(tickets::queued);
    }

    QueuedTickets(BiFunction<UUID, List<Ticket>, CompletableFuture<?>> script) {
        this.script = script;
    }

    /** Completes when Redis knows, or exceptionally when it may not. */
    CompletableFuture<Void> add(Ticket ticket) {
        Note note = new Note(ticket, new CompletableFuture<>());
        waiting.add(note);
        write();
        return note.written;
    }

    private void write() {
        if (waiting.isEmpty() || !underWay.compareAndSet(false, true)) {
            return;
        }
        List<Note> all = new ArrayList<>();
        for (Note note = waiting.poll(); note != null; note = waiting.poll()) {
            all.add(note);
        }
        var unused = write(all).whenComplete((nothing, failure) -> {
            if (failure != null) {
                all.forEach(note -> note.written.completeExceptionally(failure)); // but for those that are
            }
            underWay.set(false);
            write();
        });
    }

    private CompletableFuture<?> write(List<Note> all) {
        try {
            return CompletableFuture.allOf(
                    all.stream().collect(groupingBy(note -> note.ticket.sale())).values().stream()
                            .flatMap(Tickets::parts)
                            .map(this::writePart)
                            .toArray(CompletableFuture<?>[]::new));
        } catch (RuntimeException | Error e) { // out of memory, say: not even that ends the noting
            return CompletableFuture.failedFuture(e);
        }
    }

    private CompletableFuture<?> writePart(List<Note> part) {
        return script.apply(
                        part.get(0).ticket.sale(),
                        part.stream().map(Note::ticket).toList())
                .whenComplete((written, failure) -> part.forEach(note -> {
                    if (failure == null) {
                        note.written.complete(null);
                    } else {
                        note.written.completeExceptionally(failure);
                    }
                }));
    }

    private record Note(Ticket ticket, CompletableFuture<Void> written) {}
}
