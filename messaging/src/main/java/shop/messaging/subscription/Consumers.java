package shop.messaging.subscription;

import java.util.List;
import org.springframework.amqp.rabbit.config.SimpleRabbitListenerContainerFactory;
import org.springframework.amqp.rabbit.config.SimpleRabbitListenerEndpoint;
import org.springframework.amqp.rabbit.listener.RabbitListenerEndpointRegistry;
import org.springframework.amqp.rabbit.listener.SimpleMessageListenerContainer;
import org.springframework.beans.factory.SmartInitializingSingleton;

/** Sets up the consumer of each subscription, as Boot's settings say. */
final class Consumers implements SmartInitializingSingleton {
    private final List<Subscription> subscriptions;
    private final MessageReader reader;
    private final SimpleRabbitListenerContainerFactory factory;
    private final RabbitListenerEndpointRegistry registry;

    Consumers(
            List<Subscription> subscriptions,
            MessageReader reader,
            SimpleRabbitListenerContainerFactory factory,
            RabbitListenerEndpointRegistry registry) {
        this.subscriptions = subscriptions;
        this.reader = reader;
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
            endpoint.setMessageListener(new Dispatcher(subscription, reader));
            registry.registerListenerContainer(endpoint, factory);
            if (registry.getListenerContainer(subscription.queue())
                    instanceof SimpleMessageListenerContainer consumer) {
                consumer.setPrefetchCount(subscription.prefetch());
            }
        }
    }
}
