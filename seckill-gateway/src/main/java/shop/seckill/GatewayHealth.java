package shop.seckill;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import shop.seckill.broker.BrokerLink;
import shop.seckill.redis.Redis;

/**
 * In the place of Spring Boot's own indicators, which ask Redis and the broker and wait: with one that hangs, each probe
 * would hold a thread of the requests.
 */
@Configuration(proxyBeanMethods = false)
class GatewayHealth {

    @Bean
    HealthIndicator redisHealthIndicator(Redis redis) {
        return () ->
                redis.serves() ? Health.up().build() : down("there is no connection, or no answer to the last ping");
    }

    /** What is shed while the broker takes no messages is as good an answer as any: that gateway is ready. */
    @Bean
    HealthIndicator rabbitHealthIndicator(BrokerLink broker) {
        return () -> broker.isConnected() ? Health.up().build() : down("there is no connection");
    }

    private static Health down(String reason) {
        return Health.down().withDetail("reason", reason).build();
    }
}
