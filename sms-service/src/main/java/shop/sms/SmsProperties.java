package shop.sms;

import java.net.URI;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * The account with the text provider.
 *
 * @param url where the provider's interface begins, without the version
 * @param accountSid names the account
 * @param authToken the account's password
 * @param from the sender's number in E.164 form
 */
@ConfigurationProperties("shop.sms")
record SmsProperties(URI url, String accountSid, String authToken, String from) {

    /** Without the token: a record would print it wherever it is logged. */
    @Override
    public String toString() {
        return "SmsProperties[url=%s, accountSid=%s, from=%s]".formatted(url, accountSid, from);
    }
}
