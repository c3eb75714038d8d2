/** Texts to customers about the few moments that are worth one. */
@NullMarked
package shop.sms;

import org.jspecify.annotations.NullMarked;
