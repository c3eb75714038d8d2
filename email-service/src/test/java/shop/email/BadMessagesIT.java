package shop.email;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.test.annotation.DirtiesContext;
import shop.events.Event;
import shop.events.OrderPaid;
import shop.playground.servers.BadMessages;
import shop.playground.servers.BadMessages.BadMessage;
import shop.playground.servers.Broker;
import shop.playground.servers.Kind;
import shop.playground.servers.MailServer;
import shop.playground.servers.WithServers;
import shop.playground.testing.Samples;

@WithServers({Kind.RABBITMQ, Kind.REDIS, Kind.MAIL})
@SpringBootTest
@DirtiesContext
class BadMessagesIT {

    @ParameterizedTest
    @MethodSource("badMessages")
    void parksABadMessageAndServesTheNext(BadMessage bad, Broker broker, MailServer server) {
        server.clear();

        assertThat(bad.parkedReason(broker, Event.EXCHANGE, OrderPaid.KEY, "email.events"))
                .contains("UnprocessableMessageException");

        OrderPaid good = Samples.paid(Samples.ADA);
        Samples.publish(broker, good);
        await().atMost(Duration.ofSeconds(20)).until(() -> server.mails().size() == 1);
        assertThat(server.mails().get(0).headers())
                .containsEntry("x-event-id", good.eventId().toString());
    }

    static Stream<BadMessage> badMessages() {
        return BadMessages.claimingToBe(OrderPaid.KEY);
    }
}
