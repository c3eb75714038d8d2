package shop.order.ordering;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import shop.events.Address;
import shop.events.Line;
import shop.events.Money;
import shop.events.OrderPlaced;
import shop.events.Recipient;
import shop.events.SaleUnit;
import shop.messaging.Ids;
import shop.order.customer.Customer;

/**
 * What somebody ordered. Recipient and address are as they were when it was placed.
 *
 * @param claim the unit of a sale that it holds, instead of a unit of the product
 */
public record Order(
        UUID id,
        UUID customer,
        OrderState state,
        Recipient recipient,
        Address address,
        List<Line> lines,
        Money total,
        Instant placedAt,
        Instant payBefore,
        @Nullable Claim claim) {

    /** The ticket by which an order came to its unit of a sale. */
    public record Claim(UUID sale, String ticket) {}

    /**
     * A new order of at least one line.
     *
     * @param paymentWindow how long its units are set aside for its payment
     */
    public static Order placed(
            UUID id,
            Customer customer,
            List<Line> lines,
            Instant placedAt,
            Duration paymentWindow,
            @Nullable Claim claim) {
        return new Order(
                id,
                customer.id(),
                OrderState.PLACED,
                customer.recipient(),
                customer.address(),
                lines,
                total(lines),
                placedAt,
                placedAt.plus(paymentWindow),
                claim);
    }

    static Money total(List<Line> lines) {
        return lines.stream()
                .map(line -> line.price().times(line.quantity()))
                .reduce(Money::plus)
                .orElseThrow(() -> new IllegalArgumentException("An order has at least one line"));
    }

    /**
     * The news of this new order.
     *
     * @param unit the unit of a sale that it took
     */
    public OrderPlaced placedEvent(@Nullable SaleUnit unit) {
        return new OrderPlaced(Ids.next(), placedAt, id, customer, recipient, lines, total, payBefore, unit);
    }

    Order with(List<Line> lines) {
        return new Order(id, customer, state, recipient, address, lines, total, placedAt, payBefore, claim);
    }

    Order in(OrderState state) {
        return new Order(id, customer, state, recipient, address, lines, total, placedAt, payBefore, claim);
    }
}
