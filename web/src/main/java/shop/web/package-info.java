/** What the services with an HTTP API share: verified tokens, problems for answers, limits on what comes in. */
@NullMarked
package shop.web;

import org.jspecify.annotations.NullMarked;
