package shop.seckill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jose.jwk.RSAKey;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;
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
    private static final String BELIEVED = "404 not-found"; // but without a ticket
    private static final KeyServer server = new KeyServer();
    private static final Duration SOON = Duration.ofSeconds(20); // a fetch may have to wait for its turn
    private static final Duration FAST =
            Duration.ofSeconds(8); // less than the 30 s that Spring Security waits for each byte

    private final RSAKey key = Tokens.key(UUID.randomUUID().toString()); // the gateway has yet to fetch it
    private final UUID customer = UUID.randomUUID();

    @Autowired
    private Gateway gateway;

    @Autowired
    private Environment environment;

    @DynamicPropertySource
    static void keys(DynamicPropertyRegistry properties) {
        properties.add("spring.security.oauth2.resourceserver.jwt.jwk-set-uri", server::address);
    }

    @AfterEach
    void comeBack() {
        server.comeBack();
    }

    @AfterAll
    static void close() {
        server.close();
    }

    @Test
    void believesTheShopAlone() {
        publish();
        RSAKey unpublished = Tokens.key(key.getKeyID());

        assertThat(show(Tokens.issued(unpublished, ISSUER, customer))).isEqualTo("401 unauthenticated");
        for (int other = 0; other < 5; other++) { // more than it asks the order service for
            RSAKey unknown = Tokens.key(UUID.randomUUID().toString());
            assertThat(show(Tokens.issued(unknown, ISSUER, customer))).isEqualTo("401 unauthenticated");
        }
        assertThat(show(Tokens.issued(key, "another-shop", customer))).isEqualTo("401 unauthenticated");
        assertThat(show(Tokens.issued(key, null, customer))).isEqualTo("401 unauthenticated");
    }

    @Test
    void saysUnavailableWhileAKeyCannotBeFetchedAndBelievesItAfterwards() {
        publish();
        RSAKey next = Tokens.key(UUID.randomUUID().toString());
        server.publish(next);
        String token = Tokens.issued(next, ISSUER, customer);
        int before = server.asked();
        server.leave();

        await("a fetch that fails").atMost(SOON).until(() -> {
            show(token);
            return server.asked() > before;
        });
        Gateway.Answer answer = gateway.get(TICKET, token);
        assertThat(answer.summary()).isEqualTo("503 unavailable");
        assertThat(answer.header("Retry-After")).isEqualTo("1");
        assertThat(answer.body().get("detail").asString()).doesNotContain("tickets", "keys", "jwks", "Exception");
        assertThat(gateway.get("/actuator/health/liveness", "").status()).isEqualTo(200);
        assertThat(show(known())).isEqualTo(BELIEVED);

        server.comeBack();
        await().atMost(SOON).until(() -> show(token).equals(BELIEVED));
    }

    @Test
    void holdsNoThreadForKeysThatDoNotCome() {
        publish();
        String unknown = Tokens.issued(Tokens.key(UUID.randomUUID().toString()), ISSUER, customer);
        int before = server.asked();
        server.hang();

        await("a fetch that hangs").atMost(SOON).until(() -> {
            var unused = gateway.getting(TICKET, unknown);
            return server.asked() > before;
        });
        int threads = environment.getRequiredProperty("server.tomcat.threads.max", Integer.class);
        List<CompletableFuture<Gateway.Answer>> waiting = IntStream.range(0, 2 * threads)
                .mapToObj(number -> gateway.getting(TICKET, unknown))
                .toList();

        assertThat(gateway.getting(TICKET, known()))
                .succeedsWithin(FAST)
                .extracting(Gateway.Answer::summary)
                .isEqualTo(BELIEVED);
        assertThat(waiting)
                .allSatisfy(answer -> assertThat(answer)
                        .succeedsWithin(FAST)
                        .extracting(Gateway.Answer::summary)
                        .isEqualTo("503 unavailable"));
    }

    private void publish() {
        server.publish(key);
        await().atMost(SOON).until(() -> show(known()).equals(BELIEVED));
    }

    private String known() {
        return Tokens.issued(key, ISSUER, customer);
    }

    private String show(String token) {
        return gateway.get(TICKET, token).summary();
    }
}
