/** What the gateway knows of a sale: the counts as it heard them last, and for a second that nothing is left. */
@NullMarked
package shop.seckill.sale;

import org.jspecify.annotations.NullMarked;
