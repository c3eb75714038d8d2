package shop.order;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpMethod;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.web.SecurityFilterChain;
import shop.web.ApiSecurity;

/** Who may call what. */
@Configuration(proxyBeanMethods = false)
class AccessRules {
    private static final String CUSTOMER = "CUSTOMER";
    private static final String OPERATOR = "OPERATOR";

    @Bean
    SecurityFilterChain access(HttpSecurity http, ApiSecurity api) throws Exception {
        return api.protect(http)
                .authorizeHttpRequests(rules -> rules.requestMatchers(HttpMethod.POST, "/customers", "/tokens")
                        .permitAll()
                        .requestMatchers(HttpMethod.GET, "/products", "/.well-known/jwks.json", "/sales/*")
                        .permitAll()
                        .requestMatchers("/sales/**")
                        .hasRole(OPERATOR)
                        .requestMatchers(HttpMethod.GET, "/orders/*")
                        .hasAnyRole(CUSTOMER, OPERATOR)
                        .requestMatchers("/orders/**", "/customers/*")
                        .hasRole(CUSTOMER)
                        .anyRequest()
                        .authenticated())
                .build();
    }
}
