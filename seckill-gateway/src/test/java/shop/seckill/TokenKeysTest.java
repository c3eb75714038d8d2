package shop.seckill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.JWKMatcher;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.RSAKey;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TokenKeysTest {
    private static final Duration FRESH = Duration.ofSeconds(6); // it has to be more than between two fetches
    private static final Duration AT_ONCE = Duration.ofMillis(900); // sooner than a fetch gives up
    private static final Duration SOON = Duration.ofSeconds(40);

    private final RSAKey key = Tokens.key("first");
    private final KeyServer server = new KeyServer();
    private TokenKeys keys;
    private int asked;

    @BeforeEach
    void fetch() throws Exception {
        server.publish(key);
        keys = new TokenKeys(server.address().toURL(), FRESH);
        await().atMost(SOON).until(() -> knows(key));
        asked = server.asked();
    }

    @AfterEach
    void close() throws Exception {
        keys.close();
        server.close();
    }

    @Test
    void waitsForNoFetchOfWhatItKnows() {
        server.hang();
        knowsAtOnceForLongerThanKeysAreFresh();
    }

    @Test
    void learnsNewOnesBesideTheRequests() {
        RSAKey next = Tokens.key("second");
        server.publish(next);
        await("a fetch that no request asked for").atMost(SOON).until(() -> server.asked() > asked);
        await("another, so that one is done").atMost(SOON).until(() -> knowsAtOnce() && server.asked() > asked + 1);
        server.hang();
        assertThat(knows(next)).isTrue();
    }

    @Test
    void goesOnKnowingWhenNobodyCanBeAsked() {
        server.leave();
        knowsAtOnceForLongerThanKeysAreFresh();
        assertThatExceptionOfType(KeySourceException.class).isThrownBy(() -> keys.get(with("unknown"), null));
    }

    @Test
    void askedEnoughItSaysThatAKeyIsUnknownAndAsksNoMore() throws Exception {
        for (int token = 0; token < 50; token++) {
            assertThat(keys.get(with("unknown " + token), null)).isEmpty();
        }
        assertThat(server.asked()).isLessThan(asked + 10);
    }

    private void knowsAtOnceForLongerThanKeysAreFresh() {
        await().pollInterval(Duration.ofMillis(10))
                .during(FRESH.multipliedBy(2))
                .atMost(SOON)
                .until(this::knowsAtOnce);
        assertThat(server.asked()).as("fetches").isGreaterThan(asked);
    }

    private boolean knowsAtOnce() {
        long begun = System.nanoTime();
        assertThat(knows(key)).isTrue();
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(AT_ONCE);
        return true;
    }

    private boolean knows(RSAKey wanted) {
        try {
            return !keys.get(with(wanted.getKeyID()), null).isEmpty();
        } catch (KeySourceException e) {
            return false;
        }
    }

    private static JWKSelector with(String id) {
        return new JWKSelector(new JWKMatcher.Builder().keyID(id).build());
    }
}
