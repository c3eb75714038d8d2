package shop.playground.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.MessageProperties;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import shop.playground.servers.Broker;
import shop.playground.servers.Kind;
import shop.playground.servers.Postgres;
import shop.playground.servers.RabbitMq;
import shop.playground.servers.WithServers;

@WithServers({Kind.RABBITMQ, Kind.POSTGRES})
class ProxyIT {
    private final RabbitMq rabbitMq;
    private final Broker broker;
    private final String queue = "proxied." + UUID.randomUUID();
    private final Proxy proxy;
    private Connection connection;
    private Channel channel;

    ProxyIT(RabbitMq rabbitMq) {
        this.rabbitMq = rabbitMq;
        this.broker = rabbitMq.broker();
        this.proxy = Proxy.amqp(rabbitMq.port());
    }

    @BeforeEach
    void connect() throws Exception {
        broker.with(declaring -> declaring.queueDeclare(queue, true, false, false, Map.of("x-queue-type", "classic")));
        connection = connectionThroughProxy();
        channel = connection.createChannel();
        channel.confirmSelect();
    }

    @AfterEach
    void close() {
        connection.abort(1000);
        proxy.close();
        broker.with(deleting -> deleting.queueDelete(queue));
    }

    @Test
    void sendsOnWhatItGets() throws Exception {
        publish("hello");
        channel.waitForConfirmsOrDie(5_000);

        assertThat(broker.take(queue))
                .get()
                .extracting(message -> text(message.getBody()))
                .isEqualTo("hello");
    }

    @Test
    void holdsPublishesUntilTheyAreReleasedInTheirOrder() throws Exception {
        proxy.hold(Traffic.PUBLISHES);
        publish("first");
        publish("second");
        proxy.awaitHeld(2);

        assertThat(broker.ready(queue)).isZero();

        proxy.release();

        await().untilAsserted(() -> assertThat(broker.ready(queue)).isEqualTo(2));
        assertThat(broker.takeAll(queue))
                .extracting(message -> text(message.getBody()))
                .containsExactly("first", "second");
        assertThat(proxy.held()).isZero();
    }

    @Test
    void holdsConfirmsWhileTheBrokerHasTheMessage() throws Exception {
        proxy.hold(Traffic.CONFIRMS);
        publish("sent");
        proxy.awaitHeld(1);

        assertThat(broker.ready(queue)).isEqualTo(1);
        assertThatThrownBy(() -> channel.waitForConfirms(100)).isInstanceOf(TimeoutException.class);

        proxy.release();

        assertThat(channel.waitForConfirms(5_000)).isTrue();
    }

    @Test
    void holdsTheAcksOfAConsumerWhileOtherChannelsAndHeartbeatsGoThrough() throws Exception {
        Channel consuming = connection.createChannel();
        consuming.basicConsume(
                queue,
                false,
                (tag, delivery) -> consuming.basicAck(delivery.getEnvelope().getDeliveryTag(), false),
                tag -> {});
        proxy.hold(Traffic.ACKS);
        publish("worked on");
        channel.waitForConfirmsOrDie(5_000);
        proxy.awaitHeld(1);

        publish("another");
        channel.waitForConfirmsOrDie(5_000);
        await().during(Duration.ofSeconds(3)).atMost(Duration.ofSeconds(5)).until(connection::isOpen);

        proxy.cut();
        await().untilAsserted(() -> assertThat(broker.ready(queue)).isEqualTo(2));
    }

    @Test
    void cutsEveryConnectionAndLosesWhatItHeld() throws Exception {
        proxy.hold(Traffic.PUBLISHES);
        publish("lost");
        proxy.awaitHeld(1);

        proxy.cut();

        await().until(() -> !connection.isOpen());
        assertThat(broker.ready(queue)).isZero();
        try (Connection again = connectionThroughProxy()) {
            assertThat(again.isOpen()).isTrue();
        }
    }

    @Test
    void cutsAConnectionInTheMiddleOfAMessage() throws Exception {
        proxy.cutWithin(Traffic.PUBLISHED_BODIES, 10);
        publish("a message that is longer than ten bytes");
        proxy.awaitCut();

        await().until(() -> !connection.isOpen());
        assertThat(broker.ready(queue)).isZero();
    }

    @Test
    void takesNoConnectionWhileItRefuses() throws Exception {
        proxy.refuse();

        await().until(() -> !connection.isOpen());
        assertThatThrownBy(this::connectionThroughProxy).isInstanceOf(IOException.class);

        proxy.accept();
        try (Connection again = connectionThroughProxy()) {
            assertThat(again.isOpen()).isTrue();
        }
    }

    @Test
    void holdsWhatAnyOtherServerIsAsked(Postgres postgres) throws Exception {
        String url = postgres.database("proxied");
        try (Proxy before = Proxy.tcp(postgres.port());
                java.sql.Connection database = DriverManager.getConnection(
                        url.replace(":" + postgres.port(), ":" + before.port()),
                        postgres.username(),
                        postgres.password())) {
            assertThat(database.isValid(5)).isTrue();
            before.hold(Traffic.TO_SERVER);
            CompletableFuture<Boolean> answer = CompletableFuture.supplyAsync(() -> isValid(database));
            before.awaitHeld(1);
            assertThat(answer).isNotDone();

            before.release();

            assertThat(answer).succeedsWithin(Duration.ofSeconds(5)).isEqualTo(true);
        }
    }

    private static boolean isValid(java.sql.Connection database) {
        try {
            return database.isValid(20);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private void publish(String text) throws IOException {
        channel.basicPublish("", queue, MessageProperties.PERSISTENT_TEXT_PLAIN, text.getBytes(StandardCharsets.UTF_8));
    }

    private static String text(byte[] body) {
        return new String(body, StandardCharsets.UTF_8);
    }

    private Connection connectionThroughProxy() throws IOException, TimeoutException {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setHost("127.0.0.1");
        factory.setPort(proxy.port());
        factory.setVirtualHost(rabbitMq.virtualHost());
        factory.setUsername(rabbitMq.username());
        factory.setPassword(rabbitMq.password());
        factory.setAutomaticRecoveryEnabled(false);
        factory.setRequestedHeartbeat(1);
        return factory.newConnection();
    }
}
