/** RabbitMQ without waiting: a request hands its message over and hears later what became of it. */
@NullMarked
package shop.seckill.broker;

import org.jspecify.annotations.NullMarked;
