package shop.messaging.topology;

import java.util.List;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.amqp.rabbit.core.RabbitAdmin;
import org.springframework.amqp.rabbit.listener.RabbitListenerEndpointRegistry;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.amqp.autoconfigure.RabbitAutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import shop.messaging.MessagingProperties;

/** Declares the topology in the place of Boot, whose way ends at the first queue that is there with other arguments. */
@AutoConfiguration(before = RabbitAutoConfiguration.class)
class TopologyAutoConfiguration {

    @Bean
    TopologyCheck topologyCheck() {
        return new TopologyCheck();
    }

    @Bean
    RabbitAdmin amqpAdmin(ConnectionFactory connections, ApplicationContext context, TopologyCheck check) {
        return new TopologyAdmin(connections, context, check);
    }

    @Bean
    ConsumerGate consumerGate(
            TopologyCheck check,
            RabbitAdmin broker,
            RabbitListenerEndpointRegistry consumers,
            ObjectProvider<Pauses> pauses,
            MessagingProperties properties) {
        return new ConsumerGate(
                check, broker, consumers, pauses.getIfAvailable(() -> queue -> false), properties.topologyCheck());
    }

    @Bean
    HealthIndicator topologyHealthIndicator(TopologyCheck check) {
        return () -> {
            List<String> wrong =
                    check.mismatches().stream().map(Mismatch::advice).toList();
            return wrong.isEmpty()
                    ? Health.up().build()
                    : Health.down().withDetail("refused", wrong).build();
        };
    }
}
