/** Flash sales: their units, and the purchases that come through the capped queue. */
@NullMarked
package shop.order.sale;

import org.jspecify.annotations.NullMarked;
