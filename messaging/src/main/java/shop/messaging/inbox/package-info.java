/** A message has its database effect once. */
@NullMarked
package shop.messaging.inbox;

import org.jspecify.annotations.NullMarked;
