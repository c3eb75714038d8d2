package shop.email;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings of the mails.
 *
 * @param from the sender as a mail program shows it: a name with an address, or an address alone
 */
@ConfigurationProperties("shop.email")
record EmailProperties(
        @DefaultValue("mq-shop <shop@mq-shop.example>") String from) {}
