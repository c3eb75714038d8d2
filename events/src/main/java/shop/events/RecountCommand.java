package shop.events;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The gateway asks the order service what is left of a sale, behind every purchase that is queued by then, or which sales
 * are open. The answer carries the same marker: {@link SaleCounted}, unless there is no such sale, or {@link SalesListed}.
 *
 * @param sale nothing to ask which sales are open
 * @param marker tells the answer to this question from those to others
 */
public record RecountCommand(@Nullable UUID sale, UUID marker) {
    public static final String KEY = "sale.recount";
}
