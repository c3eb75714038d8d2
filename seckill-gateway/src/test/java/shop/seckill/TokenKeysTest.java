package shop.seckill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.JWKMatcher;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.proc.SecurityContext;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TokenKeysTest {
    private static final Duration FRESH = Duration.ofSeconds(1);
    private static final Duration AT_ONCE = Duration.ofMillis(500); // sooner than a fetch gives up
    private static final Duration SOON = Duration.ofSeconds(20);

    private final RSAKey key = Tokens.key("first");
    private final KeyServer server = new KeyServer();
    private JWKSource<SecurityContext> keys;

    @BeforeEach
    void fetch() throws Exception {
        server.publish(key);
        keys = TokenKeys.at(server.address().toURL(), FRESH);
        assertThat(knows(key)).isTrue();
    }

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void waitsForNoFetchOfWhatItKnows() {
        server.hang();
        await("a fetch of what is no longer fresh")
                .pollInterval(Duration.ofMillis(10))
                .atMost(SOON)
                .until(() -> knowsAtOnce() && server.asked() > 1);
        assertThat(knowsAtOnce()).as("known while it hangs").isTrue();
    }

    @Test
    void learnsNewOnesBesideTheRequests() {
        RSAKey next = Tokens.key("second");
        server.publish(next);
        await("that the second fetch is done").atMost(SOON).until(() -> knowsAtOnce() && server.asked() > 2);
        server.hang();
        assertThat(knows(next)).isTrue();
    }

    @Test
    void goesOnKnowingWhenNobodyCanBeAsked() {
        server.leave();
        await().atMost(SOON).until(() -> knowsAtOnce() && server.asked() > 2);
    }

    private boolean knowsAtOnce() {
        long begun = System.nanoTime();
        assertThat(knows(key)).isTrue();
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(AT_ONCE);
        return true;
    }

    private boolean knows(RSAKey wanted) {
        JWKSelector selector = new JWKSelector(
                new JWKMatcher.Builder().keyID(wanted.getKeyID()).build());
        try {
            return !keys.get(selector, null).isEmpty();
        } catch (KeySourceException e) {
            return false;
        }
    }
}
