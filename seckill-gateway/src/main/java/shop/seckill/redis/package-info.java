/** Redis without waiting: every command is a future, every rule a script. */
@NullMarked
package shop.seckill.redis;

import org.jspecify.annotations.NullMarked;
