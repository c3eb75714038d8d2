package shop.seckill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Instant;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.factory.annotation.Autowired;
import shop.events.Event;
import shop.events.PurchasesOrdered;
import shop.playground.servers.BadMessages;
import shop.playground.servers.BadMessages.BadMessage;
import shop.playground.servers.Broker;

@GatewayTest
class BadMessagesIT {
    private static final String QUEUE = "seckill.events";

    @Autowired
    private Gateway gateway;

    @BeforeEach
    void emptyParkingLot(Broker broker) {
        await().untilAsserted(() -> assertThat(broker.consumers(QUEUE)).isEqualTo(1));
        broker.purge(QUEUE + ".parked");
    }

    @ParameterizedTest
    @MethodSource("badMessages")
    void parksABadMessageAndServesTheNext(BadMessage bad, Broker broker) {
        assertThat(bad.parkedReason(broker, Event.EXCHANGE, PurchasesOrdered.KEY, QUEUE))
                .contains("UnprocessableMessageException");

        Instant opened = Instant.now().minusSeconds(60);
        UUID sale = gateway.announced(broker, 5, opened, opened.plusSeconds(3600));
        await().until(() -> gateway.get("/sales/" + sale, "").status() == 200);
    }

    static Stream<BadMessage> badMessages() {
        return BadMessages.claimingToBe(PurchasesOrdered.KEY);
    }
}
