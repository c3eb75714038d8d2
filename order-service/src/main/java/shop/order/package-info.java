/** The order service: the only writer of customers, stock and orders. */
@NullMarked
package shop.order;

import org.jspecify.annotations.NullMarked;
