package shop.order.ordering;

import java.util.Collection;
import java.util.Set;
import java.util.UUID;

/** Which payments may have taken money without anybody here knowing it. */
public interface OpenPayments {

    /** Those of the orders of which a payment has no answer yet; none begins while its order is locked. */
    Set<UUID> pending(Collection<UUID> orders);

    /** Whether a payment of this order has no answer yet; none begins while the order is locked. */
    default boolean isPending(UUID order) {
        return !pending(Set.of(order)).isEmpty();
    }
}
