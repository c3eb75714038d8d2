/** Tokens by which callers prove who they are. */
@NullMarked
package shop.order.token;

import org.jspecify.annotations.NullMarked;
