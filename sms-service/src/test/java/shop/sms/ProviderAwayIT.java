package shop.sms;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.tomakehurst.wiremock.stubbing.ServeEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.test.annotation.DirtiesContext;
import shop.events.OrderPaid;
import shop.playground.servers.Broker;
import shop.playground.servers.Kind;
import shop.playground.servers.ThirdParties;
import shop.playground.servers.WithServers;
import shop.playground.testing.Samples;

/** Retries last three seconds here; the provider is away for longer. */
@WithServers({Kind.RABBITMQ, Kind.REDIS, Kind.THIRD_PARTIES})
@SpringBootTest(properties = {"messaging.retry.delays=1s,1s,1s", "messaging.breaker.pause=1s"})
@DirtiesContext
class ProviderAwayIT {
    private static final int TEXTS = 30;
    private static final Duration OUTAGE = Duration.ofSeconds(6);
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    @BeforeEach
    void asAlways(Broker broker, ThirdParties parties) {
        parties.wireMock().resetToDefaultMappings();
        parties.wireMock().resetRequests();
        await().atMost(PATIENCE).until(() -> broker.consumers("sms.events") == 2);
    }

    @Test
    void everyTextIsSentOnceAfterTheProviderIsBack(Broker broker, ThirdParties parties) {
        parties.stop();
        everyTextIsSentOnceAfter(parties::start, broker, parties);
    }

    @Test
    void everyTextIsSentOnceAfterTheProviderIsWellAgain(Broker broker, ThirdParties parties) {
        parties.wireMock().stubFor(post(anyUrl()).willReturn(aResponse().withStatus(503)));
        everyTextIsSentOnceAfter(parties.wireMock()::resetToDefaultMappings, broker, parties);
    }

    private static void everyTextIsSentOnceAfter(Runnable cure, Broker broker, ThirdParties parties) {
        Instant begin = Instant.now();
        List<String> events;
        try {
            events = publish(broker);
            await().atMost(PATIENCE).until(() -> broker.consumers("sms.events") == 0);
            await().atMost(PATIENCE).until(() -> Instant.now().isAfter(begin.plus(OUTAGE)));
        } finally {
            cure.run();
        }
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(taken(parties)).hasSizeGreaterThanOrEqualTo(TEXTS));
        await().atMost(PATIENCE).until(() -> broker.consumers("sms.events") == 2);
        assertThat(taken(parties)).containsExactlyInAnyOrderElementsOf(events);
        assertThat(broker.ready("sms.events.parked")).isZero();
    }

    private static List<String> publish(Broker broker) {
        return Stream.generate(() -> Samples.paid(Samples.ADA))
                .limit(TEXTS)
                .peek(event -> Samples.publish(broker, event))
                .map(OrderPaid::eventId)
                .map(Object::toString)
                .toList();
    }

    /** The keys of those to which the provider said yes. */
    private static List<String> taken(ThirdParties parties) {
        return parties.wireMock().getAllServeEvents().stream()
                .filter(served -> served.getResponse().getStatus() == 201)
                .map(ServeEvent::getRequest)
                .map(request -> request.getHeader("Idempotency-Key"))
                .toList();
    }
}
