package shop.order.customer;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How passwords are kept.
 *
 * @param strength the cost of a bcrypt hash, 4 to 31; each step doubles it
 */
@ConfigurationProperties("shop.passwords")
record PasswordProperties(@DefaultValue("10") int strength) {}
