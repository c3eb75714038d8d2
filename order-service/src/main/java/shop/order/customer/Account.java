package shop.order.customer;

import java.util.UUID;

/**
 * Somebody who can sign in.
 *
 * @param role {@code customer} or {@code operator}
 */
public record Account(UUID id, String role) {}
