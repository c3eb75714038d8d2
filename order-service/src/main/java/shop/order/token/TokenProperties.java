package shop.order.token;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How tokens are made.
 *
 * @param privateKey an RSA key, PEM (PKCS #8); without it a pair is made at the first start and kept in the database
 * @param lifetime how long a token is valid
 */
@ConfigurationProperties("shop.tokens")
record TokenProperties(
        @Nullable String privateKey, @DefaultValue("12h") Duration lifetime) {

    @Override
    public String toString() {
        return "TokenProperties[lifetime=" + lifetime + "]";
    }
}
