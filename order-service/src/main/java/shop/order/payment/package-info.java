/** Charging a card exactly once, and giving money back that was charged in vain. */
@NullMarked
package shop.order.payment;

import org.jspecify.annotations.NullMarked;
