package shop.order.stock;

import java.util.UUID;
import shop.events.Money;

/** Something the shop sells. */
public record Product(UUID id, String name, Money price) {}
