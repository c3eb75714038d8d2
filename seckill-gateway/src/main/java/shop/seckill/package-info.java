/** The flash sale's front door: admits buyers as fast as they come, and queues no more than can be served. */
@NullMarked
package shop.seckill;

import org.jspecify.annotations.NullMarked;
