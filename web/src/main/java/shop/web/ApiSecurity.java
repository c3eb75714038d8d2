package shop.web;

import jakarta.servlet.DispatcherType;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.config.ObjectPostProcessor;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationConverter;
import org.springframework.security.oauth2.server.resource.web.BearerTokenAuthenticationEntryPoint;
import org.springframework.security.oauth2.server.resource.web.access.BearerTokenAccessDeniedHandler;
import org.springframework.security.oauth2.server.resource.web.authentication.BearerTokenAuthenticationFilter;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.header.HeaderWriterFilter;

/** How our APIs are protected: by bearer tokens alone, whose claim {@code roles} names what the bearer may do. */
public final class ApiSecurity {
    private static final Logger log = LoggerFactory.getLogger(ApiSecurity.class);

    private static final String[] OPEN = {
        "/actuator/health/**",
        "/actuator/info",
        "/actuator/prometheus",
        "/v3/api-docs/**",
        "/v3/api-docs.yaml",
        "/swagger-ui/**",
        "/swagger-ui.html"
    };

    private final ProblemWriter problems;

    ApiSecurity(ProblemWriter problems) {
        this.problems = problems;
    }

    /**
     * Sets up what all APIs have in common; the caller adds who may do what, and builds. Roles become authorities:
     * {@code customer} is {@code ROLE_CUSTOMER}.
     */
    public HttpSecurity protect(HttpSecurity http) throws Exception {
        AuthenticationEntryPoint unauthenticated = unauthenticated();
        BearerTokenAccessDeniedHandler forbidden = new BearerTokenAccessDeniedHandler();
        return http.csrf(AbstractHttpConfigurer::disable) // no cookies, so nothing that a foreign page could ride on
                .sessionManagement(sessions -> sessions.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                .requestCache(AbstractHttpConfigurer::disable)
                .logout(AbstractHttpConfigurer::disable)
                .headers(headers -> headers.withObjectPostProcessor(eagerly()))
                .oauth2ResourceServer(server -> server.bearerTokenResolver(new TokenInHeader())
                        .jwt(jwt -> jwt.jwtAuthenticationConverter(roles()))
                        .withObjectPostProcessor(answering(unauthenticated))
                        .authenticationEntryPoint(unauthenticated)
                        .accessDeniedHandler((request, response, failure) -> {
                            forbidden.handle(request, response, failure);
                            problems.write(HttpStatus.FORBIDDEN, "This token's role may not do that.", response);
                        }))
                .authorizeHttpRequests(rules -> rules.dispatcherTypeMatchers(DispatcherType.ASYNC, DispatcherType.ERROR)
                        .permitAll()
                        .requestMatchers(OPEN)
                        .permitAll()
                        .requestMatchers("/actuator/**")
                        .hasRole("OPERATOR"));
    }

    private AuthenticationEntryPoint unauthenticated() {
        BearerTokenAuthenticationEntryPoint challenge = new BearerTokenAuthenticationEntryPoint();
        return (request, response, failure) -> {
            if (failure instanceof AuthenticationServiceException) { // no key to verify it with: that passes
                log.debug("A token could not be verified", failure);
                response.setHeader(HttpHeaders.RETRY_AFTER, "1");
                problems.write(Problems.untold(HttpStatus.SERVICE_UNAVAILABLE), response);
            } else {
                challenge.commence(request, response, failure);
                problems.write(HttpStatus.UNAUTHORIZED, "A valid token is needed: get one at POST /tokens.", response);
            }
        };
    }

    /** Also when there is no key: the filter by itself throws that failure, and Tomcat logs the trace of each. */
    private static ObjectPostProcessor<BearerTokenAuthenticationFilter> answering(AuthenticationEntryPoint answer) {
        return new ObjectPostProcessor<>() {
            @Override
            public <F extends BearerTokenAuthenticationFilter> F postProcess(F filter) {
                filter.setAuthenticationFailureHandler(answer::commence);
                return filter;
            }
        };
    }

    /** Before the request is served: whoever answers it on another thread shall not find the filter still writing. */
    private static ObjectPostProcessor<HeaderWriterFilter> eagerly() {
        return new ObjectPostProcessor<>() {
            @Override
            public <F extends HeaderWriterFilter> F postProcess(F filter) {
                filter.setShouldWriteHeadersEagerly(true);
                return filter;
            }
        };
    }

    private static JwtAuthenticationConverter roles() {
        JwtAuthenticationConverter converter = new JwtAuthenticationConverter();
        converter.setJwtGrantedAuthoritiesConverter(ApiSecurity::authorities);
        return converter;
    }

    private static Collection<GrantedAuthority> authorities(Jwt token) {
        List<String> roles = token.getClaimAsStringList("roles");
        return roles == null
                ? List.of()
                : AuthorityUtils.createAuthorityList(roles.stream()
                        .map(role -> "ROLE_" + role.toUpperCase(Locale.ROOT))
                        .toList());
    }
}
