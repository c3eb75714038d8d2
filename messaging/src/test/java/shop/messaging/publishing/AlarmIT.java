package shop.messaging.publishing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.amqp.AmqpResourceNotAvailableException;
import org.springframework.amqp.core.MessageBuilder;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Configuration;
import org.springframework.test.annotation.DirtiesContext;
import shop.playground.servers.Kind;
import shop.playground.servers.RabbitMq;
import shop.playground.servers.WithServers;

@WithServers(Kind.RABBITMQ)
@SpringBootTest(
        properties = "spring.autoconfigure.exclude="
                + "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration")
@DirtiesContext
class AlarmIT {
    private static final String QUEUE = "alarm-recorder";

    private final RabbitMq rabbit;

    @Autowired
    private ConfirmedPublisher publisher;

    AlarmIT(RabbitMq rabbit) {
        this.rabbit = rabbit;
    }

    @Test
    void nothingPilesUpWhileTheBrokerIsShortOfMemory() {
        rabbit.broker()
                .with(channel -> channel.queueDeclare(QUEUE, true, false, false, Map.of("x-queue-type", "classic")));
        try {
            assertThat(publish()).isEqualTo(Outcome.CONFIRMED);
            rabbit.blockPublishers();
            int written = 1;
            try {
                while (publish() != Outcome.UNSENT
                        && written < 4) { // the broker tells of its alarm when somebody publishes
                    written++;
                }
                assertThat(publish()).isEqualTo(Outcome.UNSENT);
                assertThatExceptionOfType(AmqpResourceNotAvailableException.class)
                        .isThrownBy(() -> publisher.onOneChannel(this::publish));
            } finally {
                rabbit.unblockPublishers();
            }
            await().atMost(Duration.ofSeconds(30)).until(() -> publish() == Outcome.CONFIRMED);
            assertThat(written).isLessThan(4);
            assertThat(rabbit.broker().takeAll(QUEUE)).hasSize(written + 1);
        } finally {
            rabbit.broker().with(channel -> channel.queueDelete(QUEUE));
        }
    }

    private Outcome publish() {
        return publisher
                .publish("", QUEUE, MessageBuilder.withBody(new byte[0]).build())
                .join();
    }

    @Configuration
    @EnableAutoConfiguration
    static class Publishing {}
}
