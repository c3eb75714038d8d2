/** The shop as its customers use it: over HTTP, with its mails and texts; for the story, the tests and the rush. */
@NullMarked
package shop.playground.client;

import org.jspecify.annotations.NullMarked;
