package shop.events;

import java.time.Instant;
import java.util.UUID;

/**
 * The gateway asks the order service for one unit of a sale. Sent as often as it takes: whatever carries the same
 * ticket is the same purchase.
 *
 * @param attempt 1 when the buyer was admitted, one more each time it had to be published again
 */
public record PurchaseCommand(String ticket, UUID sale, UUID buyer, int attempt, Instant admittedAt) {

    /** The direct exchange for commands of the flash sale. */
    public static final String EXCHANGE = "seckill.commands";

    public static final String KEY = "purchase";
}
