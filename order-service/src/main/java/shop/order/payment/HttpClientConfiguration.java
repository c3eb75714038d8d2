package shop.order.payment;

import java.net.http.HttpClient;
import org.springframework.boot.http.client.JdkClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.autoconfigure.ClientHttpRequestFactoryBuilderCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class HttpClientConfiguration {

    /** Without TLS, Java's client would ask for an upgrade to HTTP/2 in every first request, which some servers get wrong. */
    @Bean
    ClientHttpRequestFactoryBuilderCustomizer<JdkClientHttpRequestFactoryBuilder> neverUpgrade() {
        return factory -> factory.withHttpClientCustomizer(client -> client.version(HttpClient.Version.HTTP_1_1));
    }
}
