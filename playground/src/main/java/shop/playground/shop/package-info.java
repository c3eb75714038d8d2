/** The whole shop as processes of this machine: its servers and its services, from their executable jars. */
@NullMarked
package shop.playground.shop;

import org.jspecify.annotations.NullMarked;
