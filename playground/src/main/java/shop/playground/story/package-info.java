/** The story that the demo plays: one for every way to start the shop, told by asking the shop's APIs. */
@NullMarked
package shop.playground.story;

import org.jspecify.annotations.NullMarked;
