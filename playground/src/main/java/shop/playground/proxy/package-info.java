/** A proxy between a service and a server, at which a connection is cut or held up just where a test wants it. */
@NullMarked
package shop.playground.proxy;

import org.jspecify.annotations.NullMarked;
