package shop.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.GetResponse;
import com.zaxxer.hikari.HikariDataSource;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import shop.events.Event;
import shop.events.OrderPaid;
import shop.messaging.Ids;
import shop.messaging.MessageJson;
import shop.playground.servers.Broker;
import shop.playground.servers.Kind;
import shop.playground.servers.WithServers;
import shop.playground.testing.Health;
import shop.playground.testing.Samples;

@WithServers(
        value = {Kind.RABBITMQ, Kind.POSTGRES},
        database = "delivery")
@ExtendWith(OutputCaptureExtension.class)
class DeliveryIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final List<String> WHOLE_WAY =
            List.of("shipment.created", "shipment.dispatched", "shipment.delivered");

    private Exchange exchange;

    @BeforeEach
    void listen(Broker broker) {
        exchange = Exchange.heardOn(broker);
    }

    @Test
    void aPaidOrderIsPackedDispatchedAndDelivered(Broker broker) {
        try (ConfigurableApplicationContext service = start("1s", "1s")) {
            OrderPaid event = Samples.paid(Ids.next(), "CN");
            Samples.publish(broker, event);

            awaitWholeWay(event.order());
            List<Exchange.Published> published = exchange.about(event.order());
            assertThat(published).extracting(Exchange.Published::messageId).doesNotHaveDuplicates();
            assertThat(published).allSatisfy(message -> {
                assertThat(message.body().path("eventId").asString()).isEqualTo(message.messageId());
                assertThat(message.body().path("shipment"))
                        .isEqualTo(published.get(0).body().path("shipment"));
                assertThat(message.body().path("depot").asString()).isEqualTo("shenzhen");
                assertThat(message.body().path("recipient").path("name").asString())
                        .isEqualTo("李娜");
                assertThat(message.body().path("at").asString()).isNotEmpty();
            });
            assertThat(state(service, event.order())).isEqualTo("DELIVERED");
        }
    }

    @Test
    void aRepeatedEventShipsOnce(Broker broker) {
        try (ConfigurableApplicationContext service = start("1s", "1s")) {
            OrderPaid event = Samples.paid(Ids.next(), "DE");
            OrderPaid again = Samples.paid(event.order(), "DE"); // the same order under another event's id
            Stream.of(event, event, again, event).forEach(paid -> Samples.publish(broker, paid));
            OrderPaid last = Samples.paid(Ids.next(), "DE"); // comes behind them
            Samples.publish(broker, last);

            awaitWholeWay(last.order());
            assertThat(exchange.typesAbout(event.order())).isEqualTo(WHOLE_WAY);
            assertThat(broker.ready("delivery.events.parked")).isZero();
            assertThat(service.isRunning()).isTrue();
        }
    }

    @Test
    void aRestartGoesOnWhereItWas(Broker broker) {
        OrderPaid event = Samples.paid(Ids.next(), "DE");
        try (ConfigurableApplicationContext before = start("1h", "1h")) {
            Samples.publish(broker, event);
            await().atMost(PATIENCE)
                    .until(() -> exchange.typesAbout(event.order()).equals(List.of("shipment.created")));
            assertThat(state(before, event.order())).isEqualTo("PACKING");
            JdbcClient.create(before.getBean(DataSource.class))
                    .sql("update shipments set due_at = now() + interval '2 seconds' where order_id = ?")
                    .param(event.order())
                    .update();
        }
        try (ConfigurableApplicationContext after = start("1h", "1s")) {
            awaitWholeWay(event.order());
            assertThat(state(after, event.order())).isEqualTo("DELIVERED");
        }
    }

    @Test
    void severalInstancesMoveEachShipmentOnce(Broker broker) {
        List<OrderPaid> events =
                Stream.generate(() -> Samples.paid(Ids.next(), "FR")).limit(40).toList();
        try (ConfigurableApplicationContext one = start("1s", "1s");
                ConfigurableApplicationContext other = start("1s", "1s")) {
            events.forEach(event -> Samples.publish(broker, event));

            events.forEach(event -> awaitWholeWay(event.order()));
            assertThat(events)
                    .allSatisfy(event ->
                            assertThat(exchange.typesAbout(event.order())).isEqualTo(WHOLE_WAY));
            assertThat(one.isRunning() && other.isRunning()).isTrue();
        }
    }

    @Test
    void aMessageWithoutAnIdIsParked(Broker broker) {
        OrderPaid event = Samples.paid(Ids.next(), "DE");
        try (ConfigurableApplicationContext service = start("1s", "1s")) {
            await().atMost(PATIENCE).until(() -> broker.consumers("delivery.events") == 1);
            broker.publish(
                    Event.EXCHANGE,
                    OrderPaid.KEY,
                    new BasicProperties.Builder().type(OrderPaid.KEY).build(),
                    new MessageJson().write(event));

            GetResponse parked = await().atMost(PATIENCE)
                    .until(() -> broker.take("delivery.events.parked"), Optional::isPresent)
                    .orElseThrow();
            assertThat(parked.getProps().getHeaders().get("failure-reason"))
                    .asString()
                    .contains("has no id");
            assertThat(service.isRunning()).isTrue();
        }
    }

    /** The database's detail of a failure is the row: name, address and all. */
    @Test
    void tellsNothingOfTheRecipientWhenTheDatabaseRefusesTheirShipment(Broker broker, CapturedOutput output) {
        OrderPaid event = Samples.paid(Ids.next(), "CN");
        try (ConfigurableApplicationContext service = start("1s", "1s", "--messaging.retry.delays=1s")) {
            JdbcClient database = JdbcClient.create(service.getBean(DataSource.class));
            database.sql("alter table shipments add constraint nobody_like_this check (order_id <> '%s') not valid"
                            .formatted(event.order()))
                    .update();
            try {
                Samples.publish(broker, event);

                GetResponse parked = await().atMost(PATIENCE)
                        .until(() -> broker.take("delivery.events.parked"), Optional::isPresent)
                        .orElseThrow();
                assertThat(parked.getProps().getHeaders().toString())
                        .contains("nobody_like_this")
                        .doesNotContain("李娜", "lina@example.org", "+8613800138000", "Hauptstraße");
            } finally {
                database.sql("alter table shipments drop constraint nobody_like_this")
                        .update();
            }
        }
        assertThat(output.getAll())
                .contains("nobody_like_this")
                .doesNotContain("李娜", "lina@example.org", "+8613800138000", "Hauptstraße");
    }

    @Test
    void waitsForNoSilentDatabaseForEver() {
        try (ConfigurableApplicationContext service = start("1s", "1s")) {
            HikariDataSource pool = service.getBean(HikariDataSource.class);

            assertThat(pool.getValidationTimeout()).isLessThan(pool.getConnectionTimeout());
            assertThat(pool.getDataSourceProperties()).containsKeys("connectTimeout", "socketTimeout", "tcpKeepAlive");
        }
    }

    private void awaitWholeWay(UUID order) {
        await().atMost(PATIENCE).until(() -> exchange.typesAbout(order).size() >= WHOLE_WAY.size());
        assertThat(exchange.typesAbout(order)).isEqualTo(WHOLE_WAY);
    }

    private static String state(ConfigurableApplicationContext service, UUID order) {
        return JdbcClient.create(service.getBean(DataSource.class))
                .sql("select state from shipments where order_id = ?")
                .param(order)
                .query(String.class)
                .single();
    }

    private static ConfigurableApplicationContext start(String packing, String transit, String... more) {
        ConfigurableApplicationContext service = new SpringApplicationBuilder(DeliveryService.class)
                .run(Stream.concat(
                                Stream.of(
                                        "--server.port=0",
                                        "--server.address=127.0.0.1",
                                        "--shop.delivery.packing=" + packing,
                                        "--shop.delivery.transit=" + transit),
                                Stream.of(more))
                        .toArray(String[]::new));
        Health health = new Health(service.getEnvironment().getRequiredProperty("local.server.port"));
        await().atMost(PATIENCE).until(() -> health.readiness().statusCode() == 200);
        return service;
    }
}
