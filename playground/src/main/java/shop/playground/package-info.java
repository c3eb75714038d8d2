/** The whole shop on one machine, without Docker. */
@NullMarked
package shop.playground;

import org.jspecify.annotations.NullMarked;
