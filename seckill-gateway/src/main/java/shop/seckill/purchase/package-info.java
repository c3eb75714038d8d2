/** A buyer's way to one unit of a sale: admitted, queued, ordered or refused. */
@NullMarked
package shop.seckill.purchase;

import org.jspecify.annotations.NullMarked;
