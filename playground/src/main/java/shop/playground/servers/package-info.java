/**
 * Real servers without Docker: started, broken and started again on the same ports and data, by the demo and by every
 * integration test.
 */
@NullMarked
package shop.playground.servers;

import org.jspecify.annotations.NullMarked;
