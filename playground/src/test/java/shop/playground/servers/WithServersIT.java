package shop.playground.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.MessageProperties;
import com.rabbitmq.http.client.domain.BindingInfo;
import com.rabbitmq.http.client.domain.QueueInfo;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Runs in Docker or without, whichever this machine is made for: the servers look the same to their users. */
@WithServers(
        value = {Kind.RABBITMQ, Kind.POSTGRES, Kind.REDIS, Kind.MAIL, Kind.THIRD_PARTIES},
        database = "orders")
class WithServersIT {

    private final RabbitMq rabbitMq;

    WithServersIT(RabbitMq rabbitMq) {
        this.rabbitMq = rabbitMq;
    }

    @Test
    void handsSpringTheAddresses(Postgres postgres, Redis redis, MailServer mail, ThirdParties thirdParties)
            throws SQLException {
        assertThat(System.getProperty("spring.rabbitmq.port")).isEqualTo(Integer.toString(rabbitMq.port()));
        assertThat(System.getProperty("spring.rabbitmq.virtual-host")).isEqualTo("shop");
        assertThat(System.getProperty("spring.data.redis.port")).isEqualTo(Integer.toString(redis.port()));
        assertThat(System.getProperty("spring.mail.port")).isEqualTo(Integer.toString(mail.port()));
        assertThat(System.getProperty("shop.acquirer.url")).isEqualTo(thirdParties.url());
        assertThat(System.getProperty("shop.sms.url")).isEqualTo(thirdParties.url());
        assertThat(postgres.isRunning()).isTrue();
        try (Connection connection = DriverManager.getConnection(
                System.getProperty("spring.datasource.url"),
                System.getProperty("spring.datasource.username"),
                System.getProperty("spring.datasource.password"))) {
            assertThat(connection.getCatalog()).isEqualTo("orders");
        }
    }

    @Test
    void brokerTellsWhatBecameOfAMessage(Broker broker) {
        broker.with(channel -> {
            channel.exchangeDeclare("test", "direct", true);
            channel.queueDeclare(
                    "capped",
                    true,
                    false,
                    false,
                    Map.of("x-queue-type", "classic", "x-max-length", 1, "x-overflow", "reject-publish"));
            return channel.queueBind("capped", "test", "key");
        });
        BasicProperties properties = MessageProperties.PERSISTENT_BASIC;

        assertThat(broker.publish("test", "other", properties, new byte[1])).isEqualTo(Broker.Outcome.RETURNED);
        assertThat(broker.publish("test", "key", properties, new byte[1])).isEqualTo(Broker.Outcome.CONFIRMED);
        assertThat(broker.publish("test", "key", properties, new byte[1])).isEqualTo(Broker.Outcome.REFUSED);

        assertThat(broker.ready("capped")).isEqualTo(1);
        assertThat(broker.peek("capped")).hasSize(1);
        assertThat(broker.takeAll("capped")).hasSize(1);
        assertThat(broker.purge("capped")).isZero();
        assertThat(broker.bindings())
                .filteredOn(binding -> binding.getSource().equals("test"))
                .extracting(BindingInfo::getDestination)
                .containsExactly("capped");
        QueueInfo queue = broker.queues().stream()
                .filter(info -> info.getName().equals("capped"))
                .findFirst()
                .orElseThrow();
        assertThat(queue.getArguments()).containsEntry("x-overflow", "reject-publish");
    }

    @Test
    void brokenServersComeBackAtTheirAddress(Postgres postgres, Redis redis, Broker broker) {
        redis.kill();
        postgres.kill();
        rabbitMq.freeze();
        assertThat(redis.isRunning()).isFalse();
        assertThat(Ports.answers(postgres.port())).isFalse();

        redis.start();
        postgres.start();
        rabbitMq.thaw();
        assertThat(Ports.answers(redis.port())).isTrue();
        assertThat(postgres.database("orders")).endsWith("/orders");
        await().untilAsserted(() -> assertThat(broker.queues()).isNotNull());
    }
}
