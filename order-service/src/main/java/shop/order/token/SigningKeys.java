package shop.order.token;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.RemoteKeySourceException;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.proc.SecurityContext;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.RSAPublicKeySpec;
import java.text.ParseException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.security.converter.RsaKeyConverters;
import org.springframework.stereotype.Component;

/**
 * The key pair of the tokens. It is looked for when it is first needed, since the service starts without its database.
 */
@Component
final class SigningKeys implements JWKSource<SecurityContext> {
    private static final String NAME = "tokens";
    private static final int BITS = 2048;

    private final JdbcClient database;
    private final @Nullable String privateKey;
    private volatile @Nullable JWKSet keys;

    SigningKeys(JdbcClient database, TokenProperties properties) {
        this.database = database;
        this.privateKey = properties.privateKey();
    }

    @Override
    public List<JWK> get(JWKSelector selector, @Nullable SecurityContext context) throws RemoteKeySourceException {
        try {
            return selector.select(keys());
        } catch (DataAccessException away) {
            throw new RemoteKeySourceException("The signing key cannot be read now", away); // not the token's fault
        }
    }

    JWKSet keys() {
        JWKSet known = keys;
        if (known == null) {
            known = new JWKSet(privateKey == null || privateKey.isBlank() ? kept() : given(privateKey));
            keys = known;
        }
        return known;
    }

    private static RSAKey given(String pem) {
        try {
            var key = (RSAPrivateCrtKey) Objects.requireNonNull(
                    RsaKeyConverters.pkcs8().convert(new ByteArrayInputStream(pem.getBytes(StandardCharsets.UTF_8))));
            var open = (RSAPublicKey) KeyFactory.getInstance("RSA")
                    .generatePublic(new RSAPublicKeySpec(key.getModulus(), key.getPublicExponent()));
            return new RSAKey.Builder(open)
                    .privateKey(key)
                    .keyUse(KeyUse.SIGNATURE)
                    .keyIDFromThumbprint()
                    .build();
        } catch (GeneralSecurityException | JOSEException | RuntimeException e) {
            throw new IllegalStateException("shop.tokens.private-key is not an RSA key in PKCS #8", e);
        }
    }

    /** The key in the database. Instances that start together for the first time agree on the one stored first. */
    private RSAKey kept() {
        return read().orElseGet(() -> {
            database.sql("insert into signing_keys (name, jwk) values (?, ?) on conflict do nothing")
                    .params(NAME, made().toJSONString())
                    .update();
            return read().orElseThrow();
        });
    }

    private Optional<RSAKey> read() {
        return database.sql("select jwk from signing_keys where name = ?")
                .param(NAME)
                .query(String.class)
                .optional()
                .map(SigningKeys::parsed);
    }

    private static RSAKey parsed(String jwk) {
        try {
            return RSAKey.parse(jwk);
        } catch (ParseException e) {
            throw new IllegalStateException("The signing key in the database cannot be read", e);
        }
    }

    private static RSAKey made() {
        try {
            return new RSAKeyGenerator(BITS)
                    .keyUse(KeyUse.SIGNATURE)
                    .keyIDFromThumbprint(true)
                    .generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }
}
