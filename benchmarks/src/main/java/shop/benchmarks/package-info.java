/** Measurements, each beside the limit that it is held against. */
@NullMarked
package shop.benchmarks;

import org.jspecify.annotations.NullMarked;
