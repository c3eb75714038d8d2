package shop.order.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verifyNoInteractions;
import static org.mockito.Mockito.when;

import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtException;
import shop.order.customer.Account;

class TokensTest {
    private final JdbcClient database = mock();
    private final Account account = new Account(UUID.randomUUID(), "customer");

    @Test
    void tokenSurvivesTheRoundTrip() throws NoSuchAlgorithmException {
        SigningKeys keys = keys(pem(2048));

        Jwt token = decoder(keys).decode(token(keys, Duration.ofMinutes(5)));

        assertThat(token.getSubject()).isEqualTo(account.id().toString());
        assertThat(token.getClaimAsStringList("roles")).containsExactly("customer");
        assertThat(token.getHeaders()).containsEntry("alg", "RS256");
        verifyNoInteractions(database);
    }

    @Test
    void givenKeyAlwaysHasTheSameName() throws NoSuchAlgorithmException {
        String pem = pem(2048);

        assertThat(keys(pem).keys().getKeys().get(0).getKeyID())
                .isEqualTo(keys(pem).keys().getKeys().get(0).getKeyID());
    }

    @Test
    void anotherKeysTokenIsRefused() throws NoSuchAlgorithmException {
        String token = token(keys(pem(2048)), Duration.ofMinutes(5));
        JwtDecoder decoder = decoder(keys(pem(2048)));

        assertThatExceptionOfType(BadJwtException.class).isThrownBy(() -> decoder.decode(token));
    }

    @Test
    void decoderIsBuiltWithoutTheDatabaseAndDoesNotBlameTheTokenForItsAbsence() throws NoSuchAlgorithmException {
        when(database.sql(org.mockito.ArgumentMatchers.anyString()))
                .thenThrow(new DataAccessResourceFailureException("away"));
        JwtDecoder decoder = decoder(keys(null));
        String token = token(keys(pem(2048)), Duration.ofMinutes(5));

        assertThatExceptionOfType(JwtException.class)
                .isThrownBy(() -> decoder.decode(token))
                .isNotInstanceOf(BadJwtException.class);
    }

    @Test
    void nonsenseForAKeyIsNamed() {
        SigningKeys keys = keys("-----BEGIN PRIVATE KEY-----\nbm9uc2Vuc2U=\n-----END PRIVATE KEY-----");

        assertThatIllegalStateException().isThrownBy(keys::keys).withMessageContaining("shop.tokens.private-key");
    }

    private SigningKeys keys(@org.jspecify.annotations.Nullable String pem) {
        return new SigningKeys(database, new TokenProperties(pem, Duration.ofHours(1)));
    }

    private String token(SigningKeys keys, Duration lifetime) {
        Instant now = Instant.now();
        return new Tokens()
                .jwtEncoder(keys)
                .encode(Tokens.contents(account, now, now.plus(lifetime)))
                .getTokenValue();
    }

    private static JwtDecoder decoder(SigningKeys keys) {
        return new Tokens().jwtDecoder(keys);
    }

    private static String pem(int bits) throws NoSuchAlgorithmException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(bits);
        KeyPair pair = generator.generateKeyPair();
        return "-----BEGIN PRIVATE KEY-----\n"
                + Base64.getMimeEncoder().encodeToString(pair.getPrivate().getEncoded())
                + "\n-----END PRIVATE KEY-----\n";
    }
}
