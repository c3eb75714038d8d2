/** Who can sign in, and who can buy. */
@NullMarked
package shop.order.customer;

import org.jspecify.annotations.NullMarked;
