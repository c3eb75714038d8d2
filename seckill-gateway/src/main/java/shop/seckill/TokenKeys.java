package shop.seckill;

import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.source.JWKSetSource;
import com.nimbusds.jose.jwk.source.JWKSetSourceWithHealthStatusReporting;
import com.nimbusds.jose.jwk.source.JWKSetUnavailableException;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.jwk.source.RateLimitReachedException;
import com.nimbusds.jose.jwk.source.URLBasedJWKSetSource;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import com.nimbusds.jose.util.health.HealthReport;
import com.nimbusds.jose.util.health.HealthStatus;
import java.io.Closeable;
import java.io.IOException;
import java.net.URL;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys of the tokens, which the order service publishes. Known ones are fetched anew beside the requests, and still
 * believed for a day while that fails, so nobody waits for an order service that hangs. A request whose token has an
 * unknown key waits for a fetch, of which there are two in five seconds at most. Spring Security's own way is to fetch on
 * the request's thread, for up to a minute, whenever the keys are five minutes old or one is unknown.
 */
final class TokenKeys implements JWKSource<SecurityContext>, Closeable {
    private static final Logger log = LoggerFactory.getLogger(TokenKeys.class);

    private static final Duration BELIEVED = Duration.ofDays(1);
    private static final Duration SELDOM = Duration.ofSeconds(5); // two fetches within it, whatever tokens come
    private static final Duration QUEUED = Duration.ofSeconds(1); // for another request's fetch
    private static final int CONNECT_MILLIS = 500;
    private static final int READ_MILLIS = 1_000;
    private static final int LARGEST = 64 * 1024;

    private final JWKSource<SecurityContext> keys;
    private volatile boolean reached;

    /**
     * Fetches nothing yet.
     *
     * @param fresh when the keys are half as old, they are fetched anew
     */
    TokenKeys(URL address, Duration fresh) {
        JWKSetSource<SecurityContext> published =
                new URLBasedJWKSetSource<>(address, new DefaultResourceRetriever(CONNECT_MILLIS, READ_MILLIS, LARGEST));
        keys = JWKSourceBuilder.create(new JWKSetSourceWithHealthStatusReporting<>(published, this::fetched))
                .cache(fresh.toMillis(), QUEUED.toMillis())
                .refreshAheadCache(fresh.dividedBy(2).toMillis(), true)
                .outageTolerant(BELIEVED.toMillis())
                .rateLimited(SELDOM.toMillis())
                .build();
    }

    private void fetched(HealthReport<?, SecurityContext> fetch) {
        reached = fetch.getHealthStatus() == HealthStatus.HEALTHY;
        if (!reached) {
            log.warn("The keys of the tokens could not be fetched: {}", String.valueOf(fetch.getException()));
        }
    }

    /**
     * Finds the keys that a token may be signed with.
     *
     * @return none, when the order service was asked within the last five seconds and knew none
     * @throws KeySourceException when none is known, and the order service could not be asked
     */
    @Override
    public List<JWK> get(JWKSelector wanted, @Nullable SecurityContext context) throws KeySourceException {
        List<JWK> found = known(wanted, context);
        if (found.isEmpty() && !reached) {
            throw new JWKSetUnavailableException("The key is unknown, and the order service could not be asked");
        }
        return found;
    }

    private List<JWK> known(JWKSelector wanted, @Nullable SecurityContext context) throws KeySourceException {
        try {
            return keys.get(wanted, context);
        } catch (RateLimitReachedException askedEnough) {
            return List.of();
        }
    }

    @Override
    public void close() throws IOException {
        if (keys instanceof Closeable closeable) {
            closeable.close();
        }
    }
}
