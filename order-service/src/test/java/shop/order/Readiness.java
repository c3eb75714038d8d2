package shop.order;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.springframework.amqp.core.AmqpAdmin;
import org.springframework.amqp.core.QueueInformation;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.test.context.TestComponent;
import org.springframework.context.event.EventListener;

/** Holds the tests back until the schema is there and the queue is consumed. */
@TestComponent
final class Readiness {
    private final Api api;
    private final AmqpAdmin broker;

    Readiness(Api api, AmqpAdmin broker) {
        this.api = api;
        this.broker = broker;
    }

    @EventListener(ApplicationReadyEvent.class)
    void awaited() {
        await().atMost(Duration.ofSeconds(60))
                .until(() -> api.get("/actuator/health/schema", Api.NOBODY).status() == 200);
        await().atMost(Duration.ofSeconds(60)).ignoreExceptions().until(() -> {
            QueueInformation queue = broker.getQueueInfo(OrderTopology.EVENTS);
            return queue != null && queue.getConsumerCount() > 0;
        });
    }
}
