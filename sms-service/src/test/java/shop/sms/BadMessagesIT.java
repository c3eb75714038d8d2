package shop.sms;

import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
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
import shop.playground.servers.ThirdParties;
import shop.playground.servers.WithServers;
import shop.playground.testing.Samples;

@WithServers({Kind.RABBITMQ, Kind.REDIS, Kind.THIRD_PARTIES})
@SpringBootTest
@DirtiesContext
class BadMessagesIT {

    @ParameterizedTest
    @MethodSource("badMessages")
    void parksABadMessageAndServesTheNext(BadMessage bad, Broker broker, ThirdParties parties) {
        assertThat(bad.parkedReason(broker, Event.EXCHANGE, OrderPaid.KEY, "sms.events"))
                .contains("UnprocessableMessageException");

        OrderPaid good = Samples.paid(Samples.ADA);
        Samples.publish(broker, good);
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> parties.wireMock()
                        .verify(
                                1,
                                postRequestedFor(anyUrl())
                                        .withHeader(
                                                "Idempotency-Key",
                                                equalTo(good.eventId().toString()))));
    }

    static Stream<BadMessage> badMessages() {
        return BadMessages.claimingToBe(OrderPaid.KEY);
    }
}
