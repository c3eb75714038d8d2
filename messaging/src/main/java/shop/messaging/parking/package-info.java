/** What an operator does with parked messages: looks at them, sends them round again, throws them away. */
@NullMarked
package shop.messaging.parking;

import org.jspecify.annotations.NullMarked;
