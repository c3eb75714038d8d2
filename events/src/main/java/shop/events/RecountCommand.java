package shop.events;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The gateway asks the order service what is left of a sale, behind every purchase that is queued by then. Answered by
 * {@link SaleCounted}, which carries the same marker; not at all where there is no such sale.
 *
 * @param sale nothing to ask of every sale that is open
 * @param marker tells the answer to this question from those to others
 */
public record RecountCommand(@Nullable UUID sale, UUID marker) {
    public static final String KEY = "sale.recount";
}
