package shop.messaging.subscription;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ContextClosedEvent;
import shop.messaging.topology.Pauses;

/** The breaker of each subscription that pauses; their health and gauges tell which do. */
final class Breakers implements Pauses, HealthIndicator, MeterBinder, ApplicationListener<ContextClosedEvent> {
    private final Map<String, Breaker> byQueue;

    Breakers(List<Breaker> breakers) {
        this.byQueue = breakers.stream().collect(Collectors.toMap(Breaker::queue, Function.identity()));
    }

    @Nullable
    Breaker of(String queue) {
        return byQueue.get(queue);
    }

    @Override
    public boolean pauses(String queue) {
        Breaker breaker = of(queue);
        return breaker != null && breaker.pauses();
    }

    @Override
    public Health health() {
        boolean anyPauses = byQueue.values().stream().anyMatch(Breaker::pauses);
        Health.Builder health = anyPauses ? Health.down() : Health.up();
        byQueue.forEach((queue, breaker) -> health.withDetail(queue, breaker.described()));
        return health.build();
    }

    @Override
    public void bindTo(MeterRegistry meters) {
        byQueue.forEach((queue, breaker) -> Gauge.builder(
                        "messaging.subscription.paused", breaker, pausing -> pausing.pauses() ? 1 : 0)
                .description("1 while the consumer pauses because what its work needs is away")
                .tag("queue", queue)
                .register(meters));
    }

    /** Comes before the consumers are stopped. */
    @Override
    public void onApplicationEvent(ContextClosedEvent event) {
        byQueue.values().forEach(Breaker::close);
    }
}
