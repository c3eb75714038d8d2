/** Sends many HTTP requests as cheaply as can be, and measures how they are answered. */
@NullMarked
package shop.playground.load;

import org.jspecify.annotations.NullMarked;
