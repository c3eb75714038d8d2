/** What the tests of several services need alike; events are there for those who have the module of that name. */
@NullMarked
package shop.playground.testing;

import org.jspecify.annotations.NullMarked;
