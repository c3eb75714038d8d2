package shop.seckill.broker;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/** In the place of Boot's, which asks the broker: with one that hangs, each probe would hold a thread of the requests. */
@Component("rabbitHealthIndicator")
final class BrokerHealth implements HealthIndicator {
    private final BrokerLink broker;

    BrokerHealth(BrokerLink broker) {
        this.broker = broker;
    }

    @Override
    public Health health() {
        return broker.takesMessages()
                ? Health.up().build()
                : Health.down()
                        .withDetail("reason", "no connection, or the broker takes no messages")
                        .build();
    }
}
