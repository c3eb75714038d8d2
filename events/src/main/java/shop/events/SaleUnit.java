package shop.events;

import java.util.UUID;

/**
 * The unit of a flash sale that an order holds or gave back.
 *
 * @param left units of the sale without a live order, as of {@code version}; units that were taken or came back together tell
 *     the same
 * @param version grows with every change of {@code left}: the higher one is the later truth
 */
public record SaleUnit(UUID sale, String ticket, int left, long version) {}
