package shop.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.test.annotation.DirtiesContext;
import shop.events.Event;
import shop.events.OrderPaid;
import shop.messaging.Ids;
import shop.playground.servers.BadMessages;
import shop.playground.servers.BadMessages.BadMessage;
import shop.playground.servers.Broker;
import shop.playground.servers.Kind;
import shop.playground.servers.WithServers;
import shop.playground.testing.Samples;

@WithServers(
        value = {Kind.RABBITMQ, Kind.POSTGRES},
        database = "delivery")
@SpringBootTest
@DirtiesContext
class BadMessagesIT {

    @ParameterizedTest
    @MethodSource("badMessages")
    void parksABadMessageAndServesTheNext(BadMessage bad, Broker broker) {
        Exchange exchange = Exchange.heardOn(broker);

        assertThat(bad.parkedReason(broker, Event.EXCHANGE, OrderPaid.KEY, "delivery.events"))
                .contains("UnprocessableMessageException");

        OrderPaid good = Samples.paid(Ids.next(), "DE");
        Samples.publish(broker, good);
        await().atMost(Duration.ofSeconds(20))
                .until(() -> exchange.typesAbout(good.order()).equals(List.of("shipment.created")));
    }

    static Stream<BadMessage> badMessages() {
        return BadMessages.claimingToBe(OrderPaid.KEY);
    }
}
