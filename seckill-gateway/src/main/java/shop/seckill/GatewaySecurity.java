package shop.seckill;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpMethod;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.web.SecurityFilterChain;
import shop.web.ApiSecurity;

/** Who may do what here: everybody looks at sales, customers buy. */
@Configuration(proxyBeanMethods = false)
class GatewaySecurity {

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
}
