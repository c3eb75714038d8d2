/** A message has its effect outside once, but for the windows that nothing can close. */
@NullMarked
package shop.messaging.claim;

import org.jspecify.annotations.NullMarked;
