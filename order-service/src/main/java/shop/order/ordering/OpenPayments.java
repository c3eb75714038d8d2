package shop.order.ordering;

import java.util.UUID;

/** Which payments may have taken money without anybody here knowing it. */
public interface OpenPayments {

    /** Whether a payment of this order has no answer yet; none begins while the order is locked. */
    boolean isPending(UUID order);
}
