package shop.order.ordering;

import java.util.Collection;
import java.util.Map;
import shop.events.SaleUnit;

/** Where the units of cancelled orders go that were bought in a sale. */
public interface SaleUnits {

    /**
     * A unit that no order holds any more.
     *
     * @param unit what is left of its sale, all counted that came back together with it
     * @param over whether the sale is, so that the unit is the product's
     */
    record Freed(SaleUnit unit, boolean over) {}

    /**
     * Gives units back to their sales, in the current transaction. The sales are locked in the order of their ids.
     *
     * @return what became of each of them
     */
    Map<Order.Claim, Freed> giveBack(Collection<Order.Claim> claims);
}
