package shop.messaging.claim;

import io.lettuce.core.ClientOptions.DisconnectedBehavior;
import io.lettuce.core.resource.Delay;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.data.redis.autoconfigure.ClientResourcesBuilderCustomizer;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.LettuceClientOptionsBuilderCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.data.redis.core.StringRedisTemplate;
import shop.messaging.MessagingAutoConfiguration;
import shop.messaging.MessagingProperties;

/** Claims for every service that has Redis, whose client fails at once while Redis is away and is soon back. */
@AutoConfiguration(after = {DataRedisAutoConfiguration.class, MessagingAutoConfiguration.class})
@ConditionalOnClass(StringRedisTemplate.class)
@ConditionalOnBean(StringRedisTemplate.class)
class ClaimAutoConfiguration {

    @Bean
    Claims claims(StringRedisTemplate redis, MessagingProperties properties) {
        return new Claims(redis, properties.claims().lease(), properties.remember());
    }

    @Bean
    LettuceClientOptionsBuilderCustomizer failsAtOnceWhileDisconnected() {
        return options -> options.disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS);
    }

    @Bean
    ClientResourcesBuilderCustomizer reconnectsWithinASecond() {
        return resources -> resources.reconnectDelay(
                Delay.exponential(Duration.ZERO, Duration.ofSeconds(1), 2, TimeUnit.MILLISECONDS));
    }
}
