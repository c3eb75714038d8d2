/** What the delivery service says about an order that was paid. */
@NullMarked
package shop.order.shipping;

import org.jspecify.annotations.NullMarked;
