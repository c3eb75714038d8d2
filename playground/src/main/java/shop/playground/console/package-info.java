/** What a person sees: prose, check marks, progress; colour and movement only on a terminal. */
@NullMarked
package shop.playground.console;

import org.jspecify.annotations.NullMarked;
