package shop.order.ordering;

import java.util.UUID;
import shop.events.SaleUnit;

/** Where the units of cancelled orders go that were bought in a sale. */
public interface SaleUnits {

    /** Gives a unit back to its sale, in the current transaction. */
    SaleUnit giveBack(UUID sale, String ticket);
}
