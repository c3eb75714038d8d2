/** Messaging done properly on RabbitMQ, for any Spring Boot service: put it on the class path and declare a subscription. */
@NullMarked
package shop.messaging;

import org.jspecify.annotations.NullMarked;
