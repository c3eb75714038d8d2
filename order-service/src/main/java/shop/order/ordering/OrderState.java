package shop.order.ordering;

import java.util.Set;

/** How far an order has come. */
public enum OrderState {
    PLACED,
    PAID,
    SHIPPED,
    DELIVERED,
    CANCELLED;

    /** The states that an order may leave for this one. A delivery may be heard of before the dispatch. */
    Set<OrderState> before() {
        return switch (this) {
            case PLACED -> Set.of();
            case PAID, CANCELLED -> Set.of(PLACED);
            case SHIPPED -> Set.of(PAID);
            case DELIVERED -> Set.of(PAID, SHIPPED);
        };
    }

    /** Whether the money for such an order is here. */
    public boolean paid() {
        return this == PAID || this == SHIPPED || this == DELIVERED;
    }
}
