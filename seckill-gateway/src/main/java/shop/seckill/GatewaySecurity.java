package shop.seckill;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import java.net.MalformedURLException;
import java.net.URI;
import java.time.Duration;
import org.springframework.boot.security.oauth2.server.resource.autoconfigure.JwkSetUriJwtDecoderBuilderCustomizer;
import org.springframework.boot.security.oauth2.server.resource.autoconfigure.OAuth2ResourceServerProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpMethod;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.web.SecurityFilterChain;
import shop.web.ApiSecurity;

/** Who may do what here: everybody looks at sales, customers buy. */
@Configuration(proxyBeanMethods = false)
class GatewaySecurity {
    private static final Duration FRESH = Duration.ofMinutes(5);

    @Bean
    SecurityFilterChain rules(HttpSecurity http, ApiSecurity api) throws Exception {
        return api.protect(http)
                .authorizeHttpRequests(rules -> rules.requestMatchers(HttpMethod.GET, "/sales/*")
                        .permitAll()
                        .requestMatchers("/sales/*/purchases", "/purchases/**")
                        .hasRole("CUSTOMER")
                        .anyRequest()
                        .authenticated())
                .build();
    }

    @Bean
    TokenKeys tokenKeys(OAuth2ResourceServerProperties properties) throws MalformedURLException {
        return new TokenKeys(URI.create(properties.getJwt().getJwkSetUri()).toURL(), FRESH);
    }

    @Bean
    JwkSetUriJwtDecoderBuilderCustomizer ourTokenKeys(TokenKeys keys) {
        return decoder -> decoder.jwtProcessorCustomizer(
                tokens -> tokens.setJWSKeySelector(new JWSVerificationKeySelector<>(JWSAlgorithm.RS256, keys)));
    }
}
