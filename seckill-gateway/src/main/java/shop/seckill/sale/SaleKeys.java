package shop.seckill.sale;

import java.util.UUID;

/**
 * The names of a sale's keys in Redis. The braces are a hash tag: in a cluster, all keys of a sale lie in one slot, so
 * that a script may touch them together.
 *
 * @param sale hash: state, opens, closes, price, left, version …
 * @param buyers hash: buyer to the ticket they hold
 * @param pending sorted set: tickets without an outcome, by the time at which the reconciler looks at them, which is
 *     negative for those that are QUEUED
 * @param lease the gateway that works through the overdue ones at the moment
 * @see <a href="https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/#hash-tags">Hash tags</a>
 */
public record SaleKeys(String sale, String buyers, String pending, String lease) {

    public static SaleKeys of(UUID sale) {
        String base = "seckill:{" + sale + "}";
        return new SaleKeys(base + ":sale", base + ":buyers", base + ":pending", base + ":lease");
    }

    /** Hash of one ticket of the sale: state, attempt, buyer, order, reason. */
    public static String ticket(UUID sale, UUID ticket) {
        return "seckill:{" + sale + "}:ticket:" + ticket;
    }
}
