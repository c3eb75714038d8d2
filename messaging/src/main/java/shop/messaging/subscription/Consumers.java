package shop.messaging.subscription;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.springframework.amqp.rabbit.config.SimpleRabbitListenerContainerFactory;
import org.springframework.amqp.rabbit.config.SimpleRabbitListenerEndpoint;
import org.springframework.amqp.rabbit.listener.RabbitListenerEndpointRegistry;
import org.springframework.amqp.rabbit.listener.SimpleMessageListenerContainer;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.context.SmartLifecycle;
import shop.messaging.MessageJson;

/**
 * Sets up the consumer of each subscription, as Boot's settings say. And stops them: the registry does that in the
 * background, and a container that is stopped so rejects what it has prefetched, for somebody else to get it again.
 */
final class Consumers implements SmartInitializingSingleton, SmartLifecycle {
    /** For what was delivered before a stop, to be handled rather than delivered again to somebody else. */
    private static final Duration STOP = Duration.ofSeconds(25);

    private static final int PHASE = DEFAULT_PHASE - 1; // stopped after what may start consumers again

    private final List<Subscription> subscriptions;
    private final MessageJson json;
    private final Breakers breakers;
    private final SimpleRabbitListenerContainerFactory factory;
    private final RabbitListenerEndpointRegistry registry;

    private volatile boolean running;

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
        factory.setPhase(PHASE - 1); // and the registry's with it
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
                consumer.setShutdownTimeout(STOP.toMillis());
                consumer.setPossibleAuthenticationFailureFatal(false); // passwords change, brokers are set up late
            }
        }
    }

    @Override
    public void start() {
        running = true;
    }

    /** Returns when all that was delivered is handled, or the time for that is over. */
    @Override
    public void stop() {
        CompletableFuture.allOf(registry.getListenerContainers().stream()
                        .map(consumer -> CompletableFuture.runAsync(
                                consumer::stop, work -> new Thread(work, "stopping").start()))
                        .toArray(CompletableFuture[]::new))
                .join();
        running = false;
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }
}
