package shop.web;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.security.autoconfigure.UserDetailsServiceAutoConfiguration;
import org.springframework.boot.security.autoconfigure.web.servlet.ServletWebSecurityAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.SecurityFilterChain;

/**
 * Protects a service that nobody calls but operators and probes: HTTP basic, the user {@code operator}, the password in
 * {@code shop.operator.password}; for what changes something, a header {@value #OURS}, too.
 */
@AutoConfiguration(
        after = WebAutoConfiguration.class,
        before = {ServletWebSecurityAutoConfiguration.class, UserDetailsServiceAutoConfiguration.class})
@ConditionalOnMissingBean(SecurityFilterChain.class)
class OperatorAutoConfiguration {
    private static final Logger log = LoggerFactory.getLogger(OperatorAutoConfiguration.class);
    private static final String OURS = "X-Requested-With";
    private static final Set<String> READING = Set.of("GET", "HEAD");

    @Bean
    UserDetailsService operators(Environment environment) {
        String password = environment.getProperty("shop.operator.password", "");
        if (password.isBlank()) {
            log.info("No operator's password is configured: nobody can look at what is parked");
            return new InMemoryUserDetailsManager();
        }
        // It is in this process's memory as it is: hashing this copy would hide nothing.
        return new InMemoryUserDetailsManager(User.withUsername("operator")
                .password("{noop}" + password)
                .roles("OPERATOR")
                .build());
    }

    @Bean
    SecurityFilterChain operatorsOnly(HttpSecurity http, ProblemWriter problems) throws Exception {
        AuthenticationEntryPoint whoAreYou = (request, response, failure) -> {
            response.setHeader(HttpHeaders.WWW_AUTHENTICATE, "Basic realm=\"operator\"");
            problems.write(HttpStatus.UNAUTHORIZED, "The operator's name and password are needed.", response);
        };
        return http.csrf(AbstractHttpConfigurer::disable) // there are no sessions; see below for browsers
                .sessionManagement(sessions -> sessions.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                .requestCache(AbstractHttpConfigurer::disable)
                .logout(AbstractHttpConfigurer::disable)
                .httpBasic(basic -> basic.authenticationEntryPoint(whoAreYou))
                .exceptionHandling(failures -> failures.authenticationEntryPoint(whoAreYou)
                        .accessDeniedHandler((request, response, failure) -> problems.write(
                                HttpStatus.FORBIDDEN, "A header " + OURS + " is needed, with any value.", response)))
                .authorizeHttpRequests(rules -> rules.dispatcherTypeMatchers(DispatcherType.ASYNC, DispatcherType.ERROR)
                        .permitAll()
                        .requestMatchers("/actuator/health/**", "/actuator/info", "/actuator/prometheus")
                        .permitAll()
                        .requestMatchers(OperatorAutoConfiguration::mayBeForeign)
                        .denyAll()
                        .anyRequest()
                        .hasRole("OPERATOR"))
                .build();
    }

    /**
     * A browser adds the password that it remembers to a foreign page's requests, too. That page can read no answer, and
     * send no header of its own unless the server says beforehand that it may, which ours does not.
     */
    private static boolean mayBeForeign(HttpServletRequest request) {
        return !READING.contains(request.getMethod()) && request.getHeader(OURS) == null;
    }
}
