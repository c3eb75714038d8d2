/** Declares at the broker what the service needs, and says plainly what the broker has otherwise. */
@NullMarked
package shop.messaging.topology;

import org.jspecify.annotations.NullMarked;
