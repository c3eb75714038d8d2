package shop.order.customer;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;

@Configuration(proxyBeanMethods = false)
class PasswordConfiguration {

    @Bean
    BCryptPasswordEncoder passwords(PasswordProperties properties) {
        return new BCryptPasswordEncoder(properties.strength());
    }
}
