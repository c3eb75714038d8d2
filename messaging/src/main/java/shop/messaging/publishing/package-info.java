/** Publishing that says what became of the message. */
@NullMarked
package shop.messaging.publishing;

import org.jspecify.annotations.NullMarked;
