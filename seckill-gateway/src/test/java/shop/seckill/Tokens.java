package shop.seckill;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;

/** Tokens as the order service would sign them, and a gateway that believes them. */
@TestConfiguration(proxyBeanMethods = false)
public class Tokens {
    private static final RSAKey KEY = key("test");

    @Bean
    JwtDecoder tokens() throws JOSEException {
        return NimbusJwtDecoder.withPublicKey(KEY.toRSAPublicKey()).build();
    }

    public static String customer(UUID customer) {
        return signed(KEY, customer.toString(), "customer", Instant.now().plusSeconds(600));
    }

    static String operator() {
        return signed(
                KEY, UUID.randomUUID().toString(), "operator", Instant.now().plusSeconds(600));
    }

    static String expired(UUID customer) {
        return signed(KEY, customer.toString(), "customer", Instant.now().minusSeconds(600));
    }

    static String ofNobody() {
        return signed(KEY, "somebody", "customer", Instant.now().plusSeconds(600));
    }

    static String forged(UUID customer) {
        return signed(
                key("test"), customer.toString(), "customer", Instant.now().plusSeconds(600));
    }

    /** Of a customer, with a key and an issuer of one's choice. */
    static String issued(RSAKey key, @Nullable String issuer, UUID customer) {
        return signed(
                key, issuer, customer.toString(), "customer", Instant.now().plusSeconds(600));
    }

    private static String signed(RSAKey key, String subject, String role, Instant expires) {
        return signed(key, "mq-shop", subject, role, expires);
    }

    private static String signed(RSAKey key, @Nullable String issuer, String subject, String role, Instant expires) {
        try {
            SignedJWT token = new SignedJWT(
                    new JWSHeader.Builder(JWSAlgorithm.RS256)
                            .keyID(key.getKeyID())
                            .build(),
                    new JWTClaimsSet.Builder()
                            .issuer(issuer)
                            .subject(subject)
                            .claim("roles", List.of(role))
                            .expirationTime(Date.from(expires))
                            .build());
            token.sign(new RSASSASigner(key));
            return token.serialize();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    static RSAKey key(String id) {
        try {
            return new RSAKeyGenerator(2048).keyID(id).generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }
}
