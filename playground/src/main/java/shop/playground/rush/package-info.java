/** A whole crowd in the flash sale of a shop that runs already: gets buyers, lets them click, and compares the books. */
@NullMarked
package shop.playground.rush;

import org.jspecify.annotations.NullMarked;
