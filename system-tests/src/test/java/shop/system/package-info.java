/** The shop as a whole: its architecture, and its journeys over real processes. */
@NullMarked
package shop.system;

import org.jspecify.annotations.NullMarked;
