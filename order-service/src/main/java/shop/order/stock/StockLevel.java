package shop.order.stock;

import java.util.UUID;

/**
 * How many units of a product can be ordered.
 *
 * @param version grows with every change: the higher one is the later truth
 */
record StockLevel(UUID product, int available, long version) {}
