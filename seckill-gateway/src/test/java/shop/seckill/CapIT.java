package shop.seckill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.context.ConfigurableApplicationContext;
import shop.events.PurchaseCommand;
import shop.events.RecountCommand;
import shop.playground.servers.Broker;

/** The queue's cap is one of its arguments, and does not change by itself. */
@GatewayTest
class CapIT {
    private static final String QUEUE = "seckill.purchases";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Autowired
    private Gateway gateway;

    @Test
    void anotherCapIsRefusedUntilTheEmptyQueueIsDeleted(Broker broker) {
        gateway.settleIn(broker);
        try (ConfigurableApplicationContext other = new SpringApplicationBuilder(SeckillGateway.class)
                .run("--server.port=0", "--seckill.max-queue-length=7", "--seckill.reconcile-after=10m")) {
            HealthIndicator topology = other.getBean("topologyHealthIndicator", HealthIndicator.class);

            await().atMost(PATIENCE)
                    .untilAsserted(
                            () -> assertThat(topology.health().getDetails().toString())
                                    .contains(
                                            "The queue seckill.purchases is at the broker with x-max-length = 30, and needed here"
                                                    + " with 7. Move its messages and delete it, or give back the old setting"));
            assertThat(topology.health().getStatus()).isEqualTo(Status.DOWN);

            await().ignoreExceptions()
                    .until(
                            () -> { // the sales of other tests may still be asked for
                                broker.purge(QUEUE);
                                return broker.with(channel -> channel.queueDelete(QUEUE, false, true)) != null;
                            });
            await().atMost(PATIENCE).until(() -> topology.health().getStatus().equals(Status.UP));
            await().atMost(PATIENCE).until(() -> cap(broker) == 7);
        } finally {
            broker.with(channel -> channel.queueDelete(QUEUE));
            declareAsBefore(broker);
        }
    }

    private static int cap(Broker broker) {
        return broker.queues().stream()
                .filter(queue -> queue.getName().equals(QUEUE))
                .map(queue -> ((Number) queue.getArguments().get("x-max-length")).intValue())
                .findAny()
                .orElse(0);
    }

    /** For the other tests, which share the queue. */
    private static void declareAsBefore(Broker broker) {
        broker.with(channel -> {
            channel.queueDeclare(
                    QUEUE,
                    true,
                    false,
                    false,
                    Map.of(
                            "x-queue-type",
                            "classic",
                            "x-max-length",
                            GatewayTest.CAP,
                            "x-overflow",
                            "reject-publish",
                            "x-single-active-consumer",
                            true));
            channel.queueBind(QUEUE, PurchaseCommand.EXCHANGE, RecountCommand.KEY);
            return channel.queueBind(QUEUE, PurchaseCommand.EXCHANGE, PurchaseCommand.KEY);
        });
    }
}
