/** Paid orders on their way: a shipment for each, moved along when its time has come. */
@NullMarked
package shop.delivery;

import org.jspecify.annotations.NullMarked;
