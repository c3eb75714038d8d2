package shop.seckill.purchase;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import shop.messaging.Ids;

class QueuedTicketsTest {
    private final UUID sale = Ids.next();
    private final List<Call> calls = new ArrayList<>();
    private final QueuedTickets queued = new QueuedTickets(this::script);
    private boolean broken;

    private record Call(UUID sale, List<Ticket> tickets, CompletableFuture<String> answer) {}

    private CompletableFuture<?> script(UUID ofSale, List<Ticket> tickets) {
        if (broken) {
            throw new IllegalStateException("broken");
        }
        Call call = new Call(ofSale, tickets, new CompletableFuture<>());
        calls.add(call);
        return call.answer;
    }

    private void add(UUID ofSale, int number) {
        for (int one = 0; one < number; one++) {
            var unused = queued.add(Ticket.next(ofSale));
        }
    }

    @Test
    void whatComesWhileANoteIsOnItsWayGoesTogetherWithTheNext() {
        Ticket first = Ticket.next(sale);
        Ticket second = Ticket.next(sale);
        Ticket third = Ticket.next(sale);
        CompletableFuture<Void> one = queued.add(first);
        CompletableFuture<Void> two = queued.add(second);
        CompletableFuture<Void> three = queued.add(third);
        assertThat(calls).extracting(Call::tickets).containsExactly(List.of(first));

        calls.get(0).answer.complete("");

        assertThat(one).isCompleted();
        assertThat(two).isNotDone();
        assertThat(calls).extracting(Call::tickets).containsExactly(List.of(first), List.of(second, third));

        calls.get(1).answer.complete("");
        assertThat(Stream.of(two, three)).allMatch(CompletableFuture::isDone);
        assertThat(calls).hasSize(2);
    }

    @Test
    void noScriptHasMoreThanRedisMaySpendOnOne() {
        add(sale, 1);
        add(sale, 2 * Tickets.TOGETHER + 1);

        calls.get(0).answer.complete("");

        assertThat(calls.stream().skip(1).map(call -> call.tickets().size()))
                .as("side by side")
                .containsExactly(Tickets.TOGETHER, Tickets.TOGETHER, 1);
    }

    @Test
    void eachSaleHasAScriptOfItsOwn() {
        UUID other = Ids.next();
        add(sale, 2);
        add(other, 1);

        calls.get(0).answer.complete("");

        assertThat(calls.stream().skip(1).map(Call::sale)).containsExactlyInAnyOrder(sale, other);
    }

    @Test
    void aFailureIsOfItsOwnTicketsAlone() {
        CompletableFuture<Void> lost = queued.add(Ticket.next(sale));
        CompletableFuture<Void> next = queued.add(Ticket.next(sale));

        calls.get(0).answer.completeExceptionally(new IllegalStateException("no answer"));
        calls.get(1).answer.complete("");

        assertThat(lost).isCompletedExceptionally();
        assertThat(next).isCompleted();
    }

    @Test
    void evenWhatNeverReachesRedisEndsNothing() {
        broken = true;
        assertThat(queued.add(Ticket.next(sale))).isCompletedExceptionally();

        broken = false;
        CompletableFuture<Void> next = queued.add(Ticket.next(sale));
        calls.get(0).answer.complete("");
        assertThat(next).isCompleted();
    }
}
