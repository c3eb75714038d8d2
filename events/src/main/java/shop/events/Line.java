package shop.events;

import java.util.UUID;

/**
 * One product of an order.
 *
 * @param price of one unit
 */
public record Line(UUID product, String name, int quantity, Money price) {}
