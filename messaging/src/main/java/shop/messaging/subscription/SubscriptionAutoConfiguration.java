package shop.messaging.subscription;

import java.time.Clock;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.amqp.core.Declarable;
import org.springframework.amqp.core.Declarables;
import org.springframework.amqp.core.TopicExchange;
import org.springframework.amqp.rabbit.config.SimpleRabbitListenerContainerFactory;
import org.springframework.amqp.rabbit.listener.RabbitListenerEndpointRegistry;
import org.springframework.amqp.rabbit.listener.SimpleMessageListenerContainer;
import org.springframework.amqp.rabbit.retry.MessageRecoverer;
import org.springframework.boot.amqp.autoconfigure.RabbitListenerRetrySettingsCustomizer;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.context.annotation.Bean;
import shop.messaging.MessageJson;
import shop.messaging.MessagingAutoConfiguration;
import shop.messaging.MessagingProperties;
import shop.messaging.publishing.ConfirmedPublisher;

/** Turns every {@link Subscription} bean into its topology and its consumer. */
@AutoConfiguration(after = MessagingAutoConfiguration.class)
@ConditionalOnBean(Subscription.class)
class SubscriptionAutoConfiguration {

    @Bean
    SubscriptionTopologies subscriptionTopologies(
            List<Subscription> subscriptions, TopicExchange events, MessagingProperties properties) {
        return new SubscriptionTopologies(subscriptions.stream()
                .collect(Collectors.toMap(
                        Subscription::queue,
                        subscription -> new SubscriptionTopology(
                                subscription, events, properties.retry().delays()))));
    }

    @Bean
    Declarables subscriptionDeclarables(SubscriptionTopologies topologies) {
        Set<Declarable> all = new HashSet<>();
        topologies.byQueue().values().forEach(topology -> all.addAll(topology.declarables()));
        return new Declarables(all);
    }

    @Bean
    MessageRecoverer redelivery(
            SubscriptionTopologies topologies, ConfirmedPublisher publisher, RabbitListenerEndpointRegistry registry) {
        return new Redelivery(topologies.byQueue(), publisher, queue -> stopping(registry, queue), Clock.systemUTC());
    }

    private static boolean stopping(RabbitListenerEndpointRegistry registry, String queue) {
        return registry.getListenerContainer(queue) instanceof SimpleMessageListenerContainer consumer
                && !consumer.isActive();
    }

    @Bean
    RabbitListenerRetrySettingsCustomizer triesAtOnceOnlyWhatCanHealAtOnce() {
        return settings -> settings.setExceptionPredicate(Redelivery::canHealAtOnce);
    }

    @Bean
    Breakers breakers(
            List<Subscription> subscriptions, RabbitListenerEndpointRegistry registry, MessagingProperties properties) {
        return new Breakers(subscriptions.stream()
                .filter(Subscription::pauses)
                .map(subscription -> new Breaker(subscription.queue(), registry, properties.breaker()))
                .toList());
    }

    @Bean
    Consumers consumers(
            List<Subscription> subscriptions,
            MessageJson json,
            Breakers breakers,
            SimpleRabbitListenerContainerFactory factory,
            RabbitListenerEndpointRegistry registry) {
        return new Consumers(subscriptions, json, breakers, factory, registry);
    }
}
