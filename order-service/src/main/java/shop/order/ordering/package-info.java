/** Orders from their placing to their end. */
@NullMarked
package shop.order.ordering;

import org.jspecify.annotations.NullMarked;
