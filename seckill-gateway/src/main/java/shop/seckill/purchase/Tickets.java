package shop.seckill.purchase;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import shop.seckill.SeckillProperties;
import shop.seckill.redis.Redis;
import shop.seckill.redis.Script;
import shop.seckill.sale.SaleKeys;

/** The tickets of all sales, in Redis. Each change is one script, whose own header says its rule. */
@Component
final class Tickets {
    private static final Script ADMIT = Script.named("admit");
    private static final Script QUEUED = Script.named("queued");
    private static final Script RELEASE = Script.named("release");
    private static final Script SETTLE = Script.named("settle");

    private static final Script OVERDUE = Script.named("overdue");
    private static final Script RETRY = Script.named("retry");

    /** Tickets that one script changes, at the most. */
    static final int TOGETHER = 100;

    private final Redis redis;
    private final String keep;
    private final String reconcileAfter;

    Tickets(Redis redis, SeckillProperties properties) {
        this.redis = redis;
        this.keep = String.valueOf(properties.keep().toMillis());
        this.reconcileAfter = String.valueOf(properties.reconcileAfter().toMillis());
    }

    /** Admits the buyer with this ticket, unless the sale or a ticket they hold already says otherwise. */
    CompletableFuture<Admission> admit(Ticket ticket, UUID buyer) {
        SaleKeys keys = SaleKeys.of(ticket.sale());
        return redis.run(
                        ADMIT,
                        List.of(keys.sale(), keys.buyers(), keys.pending(), ticket.key()),
                        ticket.toString(),
                        buyer.toString(),
                        keep,
                        reconcileAfter)
                .thenApply(Admission::of);
    }

    /** Notes that the broker has these purchases, which are all of this sale. */
    CompletableFuture<List<String>> queued(UUID sale, List<Ticket> these) {
        List<String> keys = Stream.concat(
                        Stream.of(SaleKeys.of(sale).pending()), these.stream().map(Ticket::key))
                .toList();
        String[] arguments = Stream.concat(
                        Stream.of(reconcileAfter), these.stream().map(Ticket::toString))
                .toArray(String[]::new);
        return redis.run(QUEUED, keys, arguments);
    }

    /** Takes an admission back that certainly reached no queue, and says whether it could: somebody may have tried again. */
    CompletableFuture<Boolean> release(Ticket ticket) {
        SaleKeys keys = SaleKeys.of(ticket.sale());
        return redis.run(RELEASE, List.of(keys.buyers(), keys.pending(), ticket.key()), ticket.toString())
                .thenApply(answer -> answer.get(0).equals("RELEASED"));
    }

    /** What there is to look at in a sale; tickets only for the gateway that has the sale's lease, or gets it now. */
    CompletableFuture<Overdue> overdue(UUID sale, String gateway, boolean queueEmpty, int limit) {
        SaleKeys keys = SaleKeys.of(sale);
        return redis.run(
                        OVERDUE,
                        List.of(keys.sale(), keys.pending(), keys.lease()),
                        gateway,
                        reconcileAfter,
                        String.valueOf(limit),
                        flag(queueEmpty))
                .thenApply(Overdue::of);
    }

    /** Takes the ticket's next attempt, if it is time for one. */
    CompletableFuture<Optional<Attempt>> retry(Ticket ticket, boolean queueEmpty) {
        return redis.run(
                        RETRY,
                        List.of(SaleKeys.of(ticket.sale()).pending(), ticket.key()),
                        ticket.toString(),
                        reconcileAfter,
                        flag(queueEmpty))
                .thenApply(answer -> answer.get(0).equals("PUBLISH")
                        ? Optional.of(
                                new Attempt(ticket, UUID.fromString(answer.get(2)), Integer.parseInt(answer.get(1))))
                        : Optional.empty());
    }

    private static String flag(boolean set) {
        return set ? "1" : "0";
    }

    /** A ticket that became an order. */
    record Ordered(Ticket ticket, UUID buyer, UUID order) {}

    CompletableFuture<Void> ordered(UUID sale, List<Ordered> orders, int left, long version) {
        return CompletableFuture.allOf(parts(orders)
                .map(part -> settle(
                        "ORDERED",
                        sale,
                        left,
                        version,
                        part.stream()
                                .map(one -> new Outcome(
                                        one.ticket(),
                                        one.buyer().toString(),
                                        one.order().toString()))
                                .toList()))
                .toArray(CompletableFuture<?>[]::new));
    }

    /** As an event tells that may know nothing of the buyer, who is empty then. */
    CompletableFuture<?> cancelled(Ticket ticket, String buyer, UUID order, int left, long version) {
        List<Outcome> outcome = List.of(new Outcome(ticket, buyer, order.toString()));
        return settle("CANCELLED", ticket.sale(), left, version, outcome);
    }

    CompletableFuture<?> refused(Ticket ticket, UUID buyer, String reason, int left, long version) {
        return settle("REFUSED", ticket.sale(), left, version, List.of(new Outcome(ticket, buyer.toString(), reason)));
    }

    /**
     * What is to be written of a ticket.
     *
     * @param buyer empty if unknown
     * @param why the order's id, or the reason of a refusal
     */
    private record Outcome(Ticket ticket, String buyer, String why) {}

    private CompletableFuture<?> settle(String what, UUID sale, int left, long version, List<Outcome> outcomes) {
        SaleKeys keys = SaleKeys.of(sale);
        List<String> names = Stream.concat(
                        Stream.of(keys.sale(), keys.buyers(), keys.pending()),
                        outcomes.stream().map(outcome -> outcome.ticket().key()))
                .toList();
        String[] arguments = Stream.concat(
                        Stream.of(what, String.valueOf(left), String.valueOf(version), keep),
                        outcomes.stream()
                                .flatMap(outcome ->
                                        Stream.of(outcome.ticket().toString(), outcome.buyer(), outcome.why())))
                .toArray(String[]::new);
        return redis.run(SETTLE, names, arguments);
    }

    /** So many that one script does not keep Redis from everybody else for long. */
    static <T> Stream<List<T>> parts(List<T> all) {
        return IntStream.iterate(0, first -> first < all.size(), first -> first + TOGETHER)
                .mapToObj(first -> all.subList(first, Math.min(first + TOGETHER, all.size())));
    }

    CompletableFuture<Optional<Entry>> find(Ticket ticket) {
        return redis.call(commands -> commands.hgetall(ticket.key()))
                .thenApply(fields -> fields.containsKey("state") ? Optional.of(Entry.of(fields)) : Optional.empty());
    }

    /** Those of these tickets of the sale that are pending no more, or are not there at all. */
    CompletableFuture<List<Ticket>> settled(UUID sale, List<Ticket> these) {
        String[] members = these.stream().map(Ticket::toString).toArray(String[]::new);
        return redis.call(commands -> commands.zmscore(SaleKeys.of(sale).pending(), members))
                .thenApply(pendingSince -> IntStream.range(0, members.length)
                        .filter(index -> pendingSince.get(index) == null)
                        .mapToObj(these::get)
                        .toList());
    }

    /** The ticket that the buyer holds. */
    CompletableFuture<Optional<Ticket>> heldBy(UUID buyer, UUID sale) {
        return redis.call(commands -> commands.hget(SaleKeys.of(sale).buyers(), buyer.toString()))
                .thenApply(held -> Optional.ofNullable(held).map(Ticket::of));
    }

    /** What the sale says to a buyer. */
    enum Verdict {
        ADMITTED,
        HELD,
        SOLD_OUT,
        TAKEN,
        NOT_OPEN,
        CLOSED,
        RECOUNTING,
        UNKNOWN
    }

    /**
     * The answer to a buyer who wants in.
     *
     * @param held the ticket that they hold already, if {@code HELD}
     * @param opens if {@code NOT_OPEN}
     */
    record Admission(
            Verdict verdict,
            @Nullable Ticket held,
            @Nullable Instant opens) {

        static Admission of(List<String> answer) {
            Verdict verdict = Verdict.valueOf(answer.get(0));
            return switch (verdict) {
                case HELD -> new Admission(verdict, Ticket.of(answer.get(1)), null);
                case NOT_OPEN -> new Admission(verdict, null, Instant.ofEpochMilli(Long.parseLong(answer.get(1))));
                default -> new Admission(verdict, null, null);
            };
        }
    }

    /** That a purchase is to be published, for the first time or again. */
    record Attempt(Ticket ticket, UUID buyer, int number) {}

    /**
     * What there is to look at in a sale.
     *
     * @param uncounted whether Redis does not know what is left of it
     * @param tickets those whose time has come
     */
    record Overdue(boolean uncounted, List<Ticket> tickets) {

        private static Overdue of(List<String> answer) {
            return new Overdue(
                    answer.get(0).isEmpty() || answer.get(0).equals("RECOUNTING"),
                    answer.stream().skip(1).map(Ticket::of).toList());
        }
    }

    /** What is known of one ticket. */
    record Entry(
            TicketState state,
            String buyer,
            @Nullable String order,
            @Nullable String reason) {

        private static Entry of(Map<String, String> fields) {
            return new Entry(
                    TicketState.valueOf(fields.getOrDefault("state", "")),
                    fields.getOrDefault("buyer", ""),
                    fields.get("order"),
                    fields.get("reason"));
        }
    }
}
