package shop.seckill;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import com.nimbusds.jose.util.health.HealthStatus;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.security.oauth2.server.resource.autoconfigure.JwkSetUriJwtDecoderBuilderCustomizer;
import org.springframework.boot.security.oauth2.server.resource.autoconfigure.OAuth2ResourceServerProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Fetches the keys of the tokens such that no request waits whose token's key is known, whatever the order service does.
 * Only an unknown one is asked for while its request waits, seldom and not for long: Spring Security's own way is to let
 * every request wait for it, up to 30 s, whenever the keys are five minutes old.
 */
@Configuration(proxyBeanMethods = false)
class TokenKeys {
    private static final Logger log = LoggerFactory.getLogger(TokenKeys.class);
    private static final Duration FRESH = Duration.ofMinutes(5); // then they are fetched anew, beside the requests
    private static final Duration BELIEVED = Duration.ofDays(1); // while they cannot be
    private static final Duration SELDOM = Duration.ofSeconds(5); // two fetches within it, whatever tokens come
    private static final int CONNECT_MILLIS = 500;
    private static final int READ_MILLIS = 1_000;
    private static final Duration QUEUED = Duration.ofSeconds(1); // for another's fetch
    private static final int LARGEST = 64 * 1024;

    @Bean
    JWKSource<SecurityContext> keys(OAuth2ResourceServerProperties properties) throws MalformedURLException {
        return at(URI.create(properties.getJwt().getJwkSetUri()).toURL(), FRESH);
    }

    @Bean
    JwkSetUriJwtDecoderBuilderCustomizer ourKeys(JWKSource<SecurityContext> keys) {
        return decoder -> decoder.jwtProcessorCustomizer(
                tokens -> tokens.setJWSKeySelector(new JWSVerificationKeySelector<>(JWSAlgorithm.RS256, keys)));
    }

    static JWKSource<SecurityContext> at(URL address, Duration fresh) {
        return JWKSourceBuilder.create(address, new DefaultResourceRetriever(CONNECT_MILLIS, READ_MILLIS, LARGEST))
                .cache(BELIEVED.toMillis(), QUEUED.toMillis())
                .refreshAheadCache(BELIEVED.minus(fresh).toMillis(), false)
                .rateLimited(SELDOM.toMillis())
                .healthReporting(fetch -> {
                    if (fetch.getHealthStatus() == HealthStatus.NOT_HEALTHY) {
                        log.warn(
                                "The token keys could not be fetched from {}: {}",
                                address,
                                String.valueOf(fetch.getException()));
                    }
                })
                .build();
    }
}
