/** Mails to customers about what happened to them and their orders. */
@NullMarked
package shop.email;

import org.jspecify.annotations.NullMarked;
