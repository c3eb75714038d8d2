/** Whether the shop's books agree once it is at rest: databases, events, mails and texts. */
@NullMarked
package shop.playground.audit;

import org.jspecify.annotations.NullMarked;
