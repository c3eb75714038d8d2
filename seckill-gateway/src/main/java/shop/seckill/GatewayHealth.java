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
        return () -> redis.serves()
                ? Health.up().build()
                : down("no connection, no answer to the last question, or a cluster that does not serve all slots");
    }

    /** While the broker takes no messages or hangs, purchases are answered all the same, so the gateway is ready. */
    @Bean
    HealthIndicator rabbitHealthIndicator(BrokerLink broker) {
        return () -> broker.isConnected() ? Health.up().build() : down("no connection");
    }

    private static Health down(String reason) {
        return Health.down().withDetail("reason", reason).build();
    }
}
