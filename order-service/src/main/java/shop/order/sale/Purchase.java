package shop.order.sale;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import shop.events.PurchaseRefused;
import shop.messaging.Ids;
import shop.order.ordering.Order;

/** What became of a ticket: an order, or a refusal. */
record Purchase(
        Command.Buy command,
        @Nullable Order order,
        @Nullable Refusal refusal,
        Instant settledAt) {

    static Purchase ordered(Command.Buy command, Order order) {
        return new Purchase(command, order, null, order.placedAt());
    }

    static Purchase refused(Command.Buy command, Refusal refusal, Instant at) {
        return new Purchase(command, null, refusal, at);
    }

    String ticket() {
        return command.ticket();
    }

    UUID sale() {
        return command.sale();
    }

    UUID buyer() {
        return command.buyer();
    }

    PurchaseRefused refusedEvent(Refusal why, int left, long version) {
        return new PurchaseRefused(Ids.next(), settledAt, ticket(), sale(), buyer(), why.name(), left, version);
    }
}
