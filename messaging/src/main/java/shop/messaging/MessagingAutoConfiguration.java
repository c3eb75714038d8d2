package shop.messaging;

import org.springframework.amqp.core.ExchangeBuilder;
import org.springframework.amqp.core.TopicExchange;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.boot.amqp.autoconfigure.RabbitAutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import shop.messaging.publishing.ConfirmedPublisher;

/** The exchange that everybody declares alike, and publishing with confirms. */
@AutoConfiguration(after = RabbitAutoConfiguration.class)
@EnableConfigurationProperties(MessagingProperties.class)
public class MessagingAutoConfiguration {

    @Bean
    TopicExchange eventsExchange(MessagingProperties properties) {
        return ExchangeBuilder.topicExchange(properties.exchange())
                .durable(true)
                .build();
    }

    @Bean
    MessageJson messageJson() {
        return new MessageJson();
    }

    @Bean
    ConfirmedPublisher confirmedPublisher(RabbitTemplate rabbit, MessagingProperties properties) {
        return new ConfirmedPublisher(rabbit, properties.confirmTimeout());
    }
}
