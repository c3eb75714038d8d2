/** The catalogue, and how many units of each product can still be ordered. */
@NullMarked
package shop.order.stock;

import org.jspecify.annotations.NullMarked;
