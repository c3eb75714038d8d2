package shop.order.ordering;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import shop.events.Line;
import shop.events.Money;

/** An order as its buyer sees it. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record OrderView(
        UUID id,
        OrderState state,
        List<Line> lines,
        Money total,
        Instant placedAt,
        Instant payBefore,
        @Nullable UUID sale,
        @Nullable String ticket) {

    public static OrderView of(Order order) {
        Order.Claim claim = order.claim();
        return new OrderView(
                order.id(),
                order.state(),
                order.lines(),
                order.total(),
                order.placedAt(),
                order.payBefore(),
                claim == null ? null : claim.sale(),
                claim == null ? null : claim.ticket());
    }
}
