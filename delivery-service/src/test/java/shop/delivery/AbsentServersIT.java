package shop.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import shop.events.OrderPaid;
import shop.messaging.Ids;
import shop.playground.servers.Broker;
import shop.playground.servers.Kind;
import shop.playground.servers.Postgres;
import shop.playground.servers.RabbitMq;
import shop.playground.servers.WithServers;
import shop.playground.testing.Health;
import shop.playground.testing.Samples;

@WithServers(
        value = {Kind.RABBITMQ, Kind.POSTGRES},
        database = "delivery")
class AbsentServersIT {
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    @Test
    void startsWithoutBrokerAndDatabaseAndServesWhenTheyAreThere(RabbitMq rabbit, Broker broker, Postgres postgres)
            throws Exception {
        rabbit.kill();
        postgres.kill();
        try (ConfigurableApplicationContext service = new SpringApplicationBuilder(DeliveryService.class)
                .run(
                        "--server.port=0",
                        "--server.address=127.0.0.1",
                        "--spring.datasource.hikari.connection-timeout=1000",
                        "--shop.delivery.packing=1s",
                        "--shop.delivery.transit=1s")) {
            Health health = new Health(service.getEnvironment().getRequiredProperty("local.server.port"));
            assertThat(health.liveness().statusCode()).isEqualTo(200);
            HttpResponse<String> readiness = health.readiness();
            assertThat(readiness.statusCode()).isEqualTo(503);
            assertThat(readiness.body()).contains("\"rabbit\"", "\"db\"", "\"schema\"");

            rabbit.start();
            assertThat(health.readiness().statusCode()).isEqualTo(503);

            postgres.start();
            await().atMost(PATIENCE)
                    .untilAsserted(
                            () -> assertThat(health.readiness().statusCode()).isEqualTo(200));
            shipsOne(broker);

            postgres.kill(); // the database goes away under a running service
            await().atMost(PATIENCE)
                    .untilAsserted(
                            () -> assertThat(health.readiness().statusCode()).isEqualTo(503));
            assertThat(health.liveness().statusCode()).isEqualTo(200);
            postgres.start();
            shipsOne(broker);
        } finally {
            rabbit.start();
            postgres.start();
        }
    }

    private static void shipsOne(Broker broker) {
        await().atMost(PATIENCE).until(() -> broker.consumers("delivery.events") == 1);
        Exchange exchange = Exchange.heardOn(broker);
        OrderPaid event = Samples.paid(Ids.next(), "DE");
        Samples.publish(broker, event);
        await().atMost(PATIENCE)
                .until(() -> exchange.typesAbout(event.order())
                        .equals(List.of("shipment.created", "shipment.dispatched", "shipment.delivered")));
    }
}
