package shop.order.sale;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import shop.events.PurchaseRefused;
import shop.messaging.Ids;
import shop.order.ordering.Order;

/** What became of a ticket: an order, or a refusal. */
record Purchase(
        String ticket,
        UUID sale,
        UUID buyer,
        @Nullable Order order,
        @Nullable Refusal refusal,
        Instant settledAt) {

    static Purchase ordered(Command.Buy command, Order order) {
        return new Purchase(command.ticket(), command.sale(), command.buyer(), order, null, order.placedAt());
    }

    static Purchase refused(Command.Buy command, Refusal refusal, Instant at) {
        return new Purchase(command.ticket(), command.sale(), command.buyer(), null, refusal, at);
    }

    PurchaseRefused refusedEvent(Refusal why, int left, long version) {
        return new PurchaseRefused(Ids.next(), settledAt, ticket, sale, buyer, why.name(), left, version);
    }
}
