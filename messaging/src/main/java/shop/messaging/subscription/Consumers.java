package shop.messaging.subscription;

import java.util.List;
import org.springframework.amqp.rabbit.config.SimpleRabbitListenerContainerFactory;
import org.springframework.amqp.rabbit.config.SimpleRabbitListenerEndpoint;
import org.springframework.amqp.rabbit.listener.RabbitListenerEndpointRegistry;
import org.springframework.amqp.rabbit.listener.SimpleMessageListenerContainer;
import org.springframework.beans.factory.SmartInitializingSingleton;
import shop.messaging.MessageJson;

/** Sets up the consumer of each subscription, as Boot's settings say. */
final class Consumers implements SmartInitializingSingleton {
    private final List<Subscription> subscriptions;
    private final MessageJson json;
    private final Breakers breakers;
    private final SimpleRabbitListenerContainerFactory factory;
    private final RabbitListenerEndpointRegistry registry;

    Consumers(
            List<Subscription> subscriptions,
            MessageJson json,
            Breakers breakers,
            SimpleRabbitListenerContainerFactory factory,
            RabbitListenerEndpointRegistry registry) {
        this.subscriptions = subscriptions;
        this.json = json;
        this.breakers = breakers;
        this.factory = factory;
        this.registry = registry;
    }

    @Override
    public void afterSingletonsInstantiated() {
        for (Subscription subscription : subscriptions) {
            SimpleRabbitListenerEndpoint endpoint = new SimpleRabbitListenerEndpoint();
            endpoint.setId(subscription.queue());
            endpoint.setQueueNames(subscription.queue());
            endpoint.setConcurrency(String.valueOf(subscription.consumers()));
            endpoint.setMessageListener(new Dispatcher(subscription, json, breakers.of(subscription.queue())));
            registry.registerListenerContainer(endpoint, factory);
            if (registry.getListenerContainer(subscription.queue())
                    instanceof SimpleMessageListenerContainer consumer) {
                consumer.setPrefetchCount(subscription.prefetch());
                consumer.setPossibleAuthenticationFailureFatal(false); // passwords change, brokers are set up late
            }
        }
    }
}
