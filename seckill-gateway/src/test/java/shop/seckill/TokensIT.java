package shop.seckill;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Import;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import shop.playground.servers.Kind;
import shop.playground.servers.WithServers;

/** Tokens as the gateway verifies them when it runs: with the keys that it fetches over HTTP. */
@WithServers(Kind.REDIS)
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "spring.rabbitmq.host=127.0.0.1",
            "spring.rabbitmq.port=1",
            "spring.data.redis.timeout=10s" // a busy machine is not what this is about
        })
@Import(Gateway.class)
@DirtiesContext // it would try to connect to the broker for as long as the tests last
class TokensIT {
    private static final String TICKET = "/purchases/" + UUID.randomUUID() + "." + UUID.randomUUID();
    private static final String ISSUER = "mq-shop";
    private static final HttpServer server = server();
    private static final List<RSAKey> published = new CopyOnWriteArrayList<>();
    private static volatile boolean away;

    private final RSAKey key = Tokens.key(UUID.randomUUID().toString()); // the gateway has yet to fetch it
    private final UUID customer = UUID.randomUUID();

    @Autowired
    private Gateway gateway;

    @DynamicPropertySource
    static void keys(DynamicPropertyRegistry properties) {
        properties.add(
                "spring.security.oauth2.resourceserver.jwt.jwk-set-uri",
                () -> "http://127.0.0.1:" + server.getAddress().getPort() + "/.well-known/jwks.json");
    }

    @BeforeAll
    static void serve() {
        server.createContext("/.well-known/jwks.json", TokensIT::answer);
        server.start();
    }

    @AfterAll
    static void stop() {
        server.stop(0);
    }

    @Test
    void believesTheShopAlone() {
        published.add(key);
        RSAKey unpublished = Tokens.key(key.getKeyID());

        assertThat(show(Tokens.issued(key, ISSUER, customer)))
                .as("believed, but without a ticket")
                .isEqualTo("404 not-found");
        assertThat(show(Tokens.issued(key, "another-shop", customer))).isEqualTo("401 unauthenticated");
        assertThat(show(Tokens.issued(key, null, customer))).isEqualTo("401 unauthenticated");
        assertThat(show(Tokens.issued(unpublished, ISSUER, customer))).isEqualTo("401 unauthenticated");
    }

    @Test
    void saysUnavailableWhileTheKeysAreAwayAndBelievesAgainAfterwards() {
        published.add(key);
        String token = Tokens.issued(key, ISSUER, customer);
        away = true;
        try {
            Gateway.Answer answer = gateway.get(TICKET, token);
            assertThat(answer.summary()).isEqualTo("503 unavailable");
            assertThat(answer.header("Retry-After")).isEqualTo("1");
            assertThat(answer.body().get("detail").asString()).doesNotContain("tickets", "jwks", "Exception");
            assertThat(gateway.get("/actuator/health/liveness", "").status()).isEqualTo(200);
        } finally {
            away = false;
        }

        assertThat(show(token)).isEqualTo("404 not-found");
    }

    private String show(String token) {
        return gateway.get(TICKET, token).summary();
    }

    private static HttpServer server() {
        try {
            return HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** While it is away, connections end without an answer. */
    private static void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            if (!away) {
                byte[] keys = new JWKSet(List.copyOf(published)).toString().getBytes(StandardCharsets.UTF_8);
                exchange.getResponseHeaders().add("Content-Type", "application/json");
                exchange.sendResponseHeaders(200, keys.length);
                exchange.getResponseBody().write(keys);
            }
        }
    }
}
