/** The shop's published language: what happened, as records whose JSON form is the contract. */
@NullMarked
package shop.events;

import org.jspecify.annotations.NullMarked;
