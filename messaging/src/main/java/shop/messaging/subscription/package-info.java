/** From one statement to a subscriber's whole topology and its running consumer: inbox queue, retry queues, parking lot. */
@NullMarked
package shop.messaging.subscription;

import org.jspecify.annotations.NullMarked;
