package shop.messaging;

import io.micrometer.observation.ObservationRegistry;
import org.springframework.amqp.core.ExchangeBuilder;
import org.springframework.amqp.core.TopicExchange;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.amqp.autoconfigure.RabbitAutoConfiguration;
import org.springframework.boot.amqp.autoconfigure.RabbitTemplateConfigurer;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import shop.messaging.publishing.ConfirmedPublisher;
import shop.messaging.publishing.Traces;

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
    Traces traces(ObjectProvider<ObservationRegistry> observations) {
        return new Traces(observations.getIfAvailable(() -> ObservationRegistry.NOOP));
    }

    @Bean
    ConfirmedPublisher confirmedPublisher(
            RabbitTemplateConfigurer settings,
            ConnectionFactory connections,
            Traces traces,
            MessagingProperties properties) {
        RabbitTemplate rabbit = new RabbitTemplate();
        // A broker in alarm stops reading from a connection that publishes: acknowledgements go by another one.
        ConnectionFactory publishing = connections.getPublisherConnectionFactory();
        settings.configure(rabbit, publishing == null ? connections : publishing);
        rabbit.setObservationEnabled(false); // the publisher sees to the trace itself
        return new ConfirmedPublisher(rabbit, properties.confirmTimeout(), traces);
    }
}
