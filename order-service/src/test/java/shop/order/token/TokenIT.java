package shop.order.token;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtEncoder;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import shop.order.Api;
import shop.order.Api.Answer;
import shop.order.Api.Caller;
import shop.order.WholeServiceTest;
import shop.order.customer.Account;

@WholeServiceTest
class TokenIT {
    private final Api api;
    private final SigningKeys keys;
    private final JwtEncoder encoder;
    private final JdbcClient database;
    private final Environment environment;

    TokenIT(
            @Autowired Api api,
            @Autowired SigningKeys keys,
            @Autowired JwtEncoder encoder,
            @Autowired JdbcClient database,
            @Autowired Environment environment) {
        this.api = api;
        this.keys = keys;
        this.encoder = encoder;
        this.database = database;
        this.environment = environment;
    }

    @Test
    void publishedKeysVerifyATokenAndNothingElseIsPublished() {
        Caller customer = api.customer();

        Jwt token = NimbusJwtDecoder.withJwkSetUri("http://127.0.0.1:%s/.well-known/jwks.json"
                        .formatted(environment.getRequiredProperty("local.server.port")))
                .build()
                .decode(String.valueOf(customer.token()));

        assertThat(token.getSubject()).isEqualTo(customer.id());
        assertThat(token.getClaimAsString("iss")).isEqualTo("mq-shop");
        assertThat(token.getClaimAsStringList("roles")).containsExactly("customer");
        assertThat(token.getExpiresAt())
                .isBetween(
                        Instant.now().plus(Duration.ofHours(11)), Instant.now().plus(Duration.ofHours(12)));
        assertThat(api.get("/.well-known/jwks.json", Api.NOBODY)
                        .json()
                        .path("keys")
                        .path(0)
                        .propertyNames())
                .containsExactlyInAnyOrder("kty", "e", "n", "use", "kid");
    }

    @Test
    void instancesShareOneKey() {
        SigningKeys another = new SigningKeys(database, new TokenProperties(null, Duration.ofHours(1)));

        assertThat(another.keys()).isEqualTo(keys.keys());
    }

    @Test
    void operatorsTokenSaysSo() {
        Jwt token = new Tokens()
                .jwtDecoder(keys)
                .decode(String.valueOf(api.operator().token()));

        assertThat(token.getClaimAsStringList("roles")).containsExactly("operator");
    }

    @Test
    void answersAlikeToAnUnknownAddressAndAWrongPassword() {
        String email = UUID.randomUUID() + "@example.com";
        Api.ok(201, api.post("/customers", Api.NOBODY, Api.registration(email)));

        Answer wrong = api.post("/tokens", Api.NOBODY, Api.credentials(email, "wrong password"));
        Answer unknown = api.post("/tokens", Api.NOBODY, Api.credentials("un" + email, "wrong password"));

        assertThat(wrong.status()).isEqualTo(401);
        assertThat(wrong.problem()).isEqualTo("unauthenticated");
        assertThat(unknown.body()).isEqualTo(wrong.body());
        assertThat(api.token(email.toUpperCase(java.util.Locale.ROOT), "correct horse battery"))
                .isNotEmpty();
    }

    @Test
    void refusesAnExpiredToken() {
        Instant now = Instant.now();

        refused(encoder.encode(
                        Tokens.contents(account(), now.minus(Duration.ofHours(2)), now.minus(Duration.ofHours(1))))
                .getTokenValue());
    }

    @Test
    void refusesATokenSignedWithAnotherKeyOfTheSameName() throws JOSEException {
        RSAKey another = new RSAKeyGenerator(2048).keyID(ours().getKeyID()).generate();
        SignedJWT forged = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.RS256)
                        .keyID(another.getKeyID())
                        .build(),
                claims("mq-shop"));
        forged.sign(new RSASSASigner(another));

        refused(forged.serialize());
    }

    @Test
    void refusesAnotherAlgorithm() throws JOSEException {
        SignedJWT hashed = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.HS256)
                        .keyID(ours().getKeyID())
                        .build(),
                claims("mq-shop"));
        hashed.sign(new MACSigner(ours().toRSAPublicKey().getEncoded()));
        refused(hashed.serialize());

        SignedJWT otherwise = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.RS512)
                        .keyID(ours().getKeyID())
                        .build(),
                claims("mq-shop"));
        otherwise.sign(new RSASSASigner(ours()));
        refused(otherwise.serialize());

        refused(new PlainJWT(claims("mq-shop")).serialize());
    }

    @Test
    void refusesAnotherIssuersToken() throws JOSEException {
        SignedJWT foreign = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.RS256)
                        .keyID(ours().getKeyID())
                        .build(),
                claims("elsewhere"));
        foreign.sign(new RSASSASigner(ours()));

        refused(foreign.serialize());
    }

    @Test
    void refusesATokenThatWasTamperedWith() {
        String token = String.valueOf(api.customer().token());
        String[] parts = token.split("\\.", -1);

        refused(parts[0] + "." + new PlainJWT(claims("mq-shop")).serialize().split("\\.", -1)[1] + "." + parts[2]);
        refused(parts[0] + "." + parts[1] + ".");
        refused("nonsense");
    }

    private void refused(String token) {
        Answer answer = api.get("/orders/" + UUID.randomUUID(), new Caller("", token));

        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.contentType()).startsWith("application/problem+json");
        assertThat(answer.problem()).isEqualTo("unauthenticated");
        assertThat(answer.header("WWW-Authenticate")).startsWith("Bearer");
    }

    private RSAKey ours() {
        return keys.keys().getKeys().get(0).toRSAKey();
    }

    private static Account account() {
        return new Account(UUID.randomUUID(), "customer");
    }

    private static JWTClaimsSet claims(String issuer) {
        return new JWTClaimsSet.Builder()
                .issuer(issuer)
                .subject(UUID.randomUUID().toString())
                .claim("roles", List.of("operator"))
                .expirationTime(Date.from(Instant.now().plusSeconds(600)))
                .build();
    }
}
