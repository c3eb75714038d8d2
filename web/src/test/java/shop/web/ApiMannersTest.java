package shop.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.NotBlank;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpStatus;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtException;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = "spring.autoconfigure.exclude="
                + "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration")
class ApiMannersTest {
    static final RSAKey KEY = key();
    private static final String KEYS_AWAY = "keys-away";
    private static final HttpClient http = HttpClient.newHttpClient();

    @LocalServerPort
    private int port;

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"name":"lamp","quantity":3}            | 200 |
                                                    | 400 | invalid-request
            {                                       | 400 | invalid-request
            []                                      | 400 | invalid-request
            {"name":"lamp"}                         | 400 | invalid-request
            {"name":" ","quantity":3}               | 400 | invalid-request
            {"name":"lamp","quantity":11}           | 400 | invalid-request
            {"name":"lamp","quantity":"3"}          | 400 | invalid-request
            {"name":17,"quantity":3}                | 400 | invalid-request
            {"name":"lamp","quantity":3.5}          | 400 | invalid-request
            {"name":"lamp","quantity":3,"colour":1} | 400 | invalid-request
            {"name":"lamp","quantity":3} {}         | 400 | invalid-request
            """)
    void takesABodyToTheLetter(String body, int status, String problem) throws Exception {
        assertAnswer(post(body == null ? "" : body), status, problem);
    }

    @Test
    void namesEachInvalidField() throws Exception {
        assertThat(post("{\"name\":\"\",\"quantity\":11}").body())
                .contains("\"field\":\"name\"", "\"field\":\"quantity\"", "must not be blank");
    }

    @Test
    void refusesALargeBodyWhetherItsLengthIsDeclaredOrNot() throws Exception {
        String large = "{\"name\":\"" + "x".repeat(100_000) + "\",\"quantity\":1}";
        assertAnswer(post(large), 413, "too-large");
        byte[] bytes = large.getBytes(StandardCharsets.UTF_8);
        BodyPublisher chunked = BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(bytes));
        assertAnswer(send(request("/things").POST(chunked), token(KEY, "customer")), 413, "too-large");
    }

    @Test
    void takesABodyOfUndeclaredLength() throws Exception {
        byte[] bytes = "{\"name\":\"lamp\",\"quantity\":3}".getBytes(StandardCharsets.UTF_8);
        BodyPublisher chunked = BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(bytes));
        assertAnswer(send(request("/things").POST(chunked), token(KEY, "customer")), 200, null);
    }

    @Test
    void refusesADeclaredLargeBodyBeforeItComes() throws Exception {
        try (Socket client = new Socket("localhost", port)) {
            client.setSoTimeout(30_000); // a server that waits for the body says nothing
            client.getOutputStream().write("""
                    POST /things HTTP/1.1
                    Host: localhost
                    Authorization: Bearer %s
                    Content-Type: application/json
                    Content-Length: 100000

                    """.formatted(token(KEY, "customer"))
                    .replace("\n", "\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            List<String> head = new BufferedReader(
                            new InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII))
                    .lines()
                    .takeWhile(line -> !line.isEmpty())
                    .toList();
            assertThat(head).first().asString().startsWith("HTTP/1.1 413");
            assertThat(head).contains("Connection: close");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "POST /things HTTP/1.1\r\nHost: localhost\r\n", // and no more
                "POST /things HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n", // without a token
                "POST /things HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\nContent-Type:"
                        + " application/json\r\nContent-Length: 10\r\n\r\n"
            })
    void cutsOffWhoeverDoesNotSendWhatTheyAnnounced(String beginning) throws Exception {
        try (Socket client = new Socket("localhost", port)) {
            client.setSoTimeout(20_000);
            client.getOutputStream()
                    .write(beginning.formatted(token(KEY, "customer")).getBytes(StandardCharsets.US_ASCII));

            assertThatCode(() -> client.getInputStream().readAllBytes())
                    .as("the end of the connection comes first")
                    .doesNotThrowAnyException();
        }
    }

    @Test
    void saysNothingOfTheInside() throws Exception {
        HttpResponse<String> answer = get("/broken", token(KEY, "customer"));
        assertAnswer(answer, 500, "internal");
        assertThat(answer.body()).doesNotContain("secret", "Exception");
    }

    @Test
    void carriesAProblemsOwnTypeHeadersAndProperties() throws Exception {
        HttpResponse<String> answer = get("/full", token(KEY, "customer"));
        assertAnswer(answer, 503, "shed");
        assertThat(answer.headers().firstValue("Retry-After")).contains("1");
        assertThat(answer.body()).contains("\"queued\":7");
    }

    @Test
    void tellsWhoMayNotCome() throws Exception {
        RSAKey other = key();
        assertAnswer(get("/full", ""), 401, "unauthenticated");
        assertAnswer(get("/full", "rubbish"), 401, "unauthenticated");
        assertAnswer(get("/full", token(other, "customer")), 401, "unauthenticated");
        assertAnswer(get("/operator", token(KEY, "customer")), 403, "forbidden");
        assertAnswer(get("/operator", token(KEY, "operator")), 404, "not-found");
    }

    @Test
    void saysWhenToComeBackWhileTokensCannotBeVerified() throws Exception {
        HttpResponse<String> answer = get("/full", KEYS_AWAY);
        assertAnswer(answer, 503, "unavailable");
        assertThat(answer.headers().firstValue("Retry-After")).contains("1");
        assertThat(answer.body()).doesNotContain("keys.example");
    }

    @Test
    void answersWhatIsNotThereWithAProblem() throws Exception {
        assertAnswer(get("/nothing", token(KEY, "customer")), 404, "not-found");
        assertAnswer(get("/things", token(KEY, "customer")), 405, "method-not-allowed");
        assertAnswer(get("/things/17", token(KEY, "customer")), 400, "invalid-request");
        assertAnswer(get("/things/%00", token(KEY, "customer")), 400, "invalid-request");
    }

    private static void assertAnswer(HttpResponse<String> answer, int status, String problem) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        if (problem != null) {
            assertThat(answer.headers().firstValue("Content-Type").orElseThrow())
                    .startsWith("application/problem+json");
            assertThat(answer.body()).contains("\"type\":\"urn:mq-shop:problem:" + problem + "\"");
        }
    }

    private HttpResponse<String> post(String body) throws Exception {
        return send(request("/things").POST(BodyPublishers.ofString(body)), token(KEY, "customer"));
    }

    private HttpResponse<String> get(String path, String token) throws Exception {
        return send(request(path).GET(), token);
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                .header("Content-Type", "application/json");
    }

    private static HttpResponse<String> send(HttpRequest.Builder request, String token)
            throws IOException, InterruptedException {
        if (!token.isEmpty()) {
            request.header("Authorization", "Bearer " + token);
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static RSAKey key() {
        try {
            return new RSAKeyGenerator(2048).keyID("test").generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    static String token(RSAKey key, String role) throws JOSEException {
        JWTClaimsSet claims = new JWTClaimsSet.Builder()
                .subject("somebody")
                .claim("roles", List.of(role))
                .expirationTime(Date.from(Instant.now().plusSeconds(60)))
                .build();
        SignedJWT token = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("test").build(), claims);
        token.sign(new RSASSASigner(key));
        return token.serialize();
    }

    @Configuration
    @EnableAutoConfiguration
    static class Api {

        @Bean
        JwtDecoder tokens() throws JOSEException {
            JwtDecoder decoder =
                    NimbusJwtDecoder.withPublicKey(KEY.toRSAPublicKey()).build();
            return token -> {
                if (token.equals(KEYS_AWAY)) {
                    throw new JwtException("http://keys.example does not answer"); // as a decoder that fetches its keys
                }
                return decoder.decode(token);
            };
        }

        @Bean
        SecurityFilterChain rules(HttpSecurity http, ApiSecurity api) throws Exception {
            return api.protect(http)
                    .authorizeHttpRequests(rules -> rules.requestMatchers("/operator")
                            .hasRole("OPERATOR")
                            .anyRequest()
                            .authenticated())
                    .build();
        }

        @Bean
        Things things() {
            return new Things();
        }
    }

    record Thing(@NotBlank String name, @Max(10) int quantity) {}

    @RestController
    static class Things {

        @PostMapping("/things")
        Thing make(@Valid @RequestBody Thing thing) {
            return thing;
        }

        @GetMapping("/things/{id}")
        UUID thing(@PathVariable UUID id) {
            return id;
        }

        @GetMapping("/broken")
        Thing broken() {
            throw new IllegalStateException("a secret of ours");
        }

        @GetMapping("/full")
        Thing full() {
            throw new ProblemException(HttpStatus.SERVICE_UNAVAILABLE, "shed", "Come back.")
                    .with("queued", 7)
                    .header("Retry-After", "1");
        }
    }
}
