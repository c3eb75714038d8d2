/** A change and its event are one: the event is stored with the change, and a relay publishes it until it is confirmed. */
@NullMarked
package shop.messaging.outbox;

import org.jspecify.annotations.NullMarked;
