package shop.system;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathMatching;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.stubbing.StubMapping;
import com.rabbitmq.client.GetResponse;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import shop.events.Event;
import shop.events.OrderPaid;
import shop.playground.servers.Broker;
import shop.playground.shop.Service;
import shop.playground.testing.Samples;

/** A service is asked to end in the middle of its work, as every new version of it begins. */
@WithShop
class StopIT {
    private static final String QUEUE = "sms.events";
    private static final int EVENTS = 100; // more than the service takes at once

    private final Visitor visitor;
    private final WireMockServer provider;

    StopIT(Visitor visitor) {
        this.visitor = visitor;
        this.provider = visitor.shop().thirdParties().wireMock();
    }

    @Test
    void finishesWhatItHasAndLeavesTheRestAsIfNeverSeen() {
        Service sender = visitor.shop().service("sms-service");
        Broker broker = visitor.shop().rabbitMq().broker();
        List<OrderPaid> events =
                Stream.generate(() -> Samples.paid(Samples.ADA)).limit(EVENTS).toList();
        Set<String> ids =
                events.stream().map(Event::eventId).map(String::valueOf).collect(Collectors.toSet());
        StubMapping slow = provider.stubFor(post(urlPathMatching("/2010-04-01/.*"))
                .atPriority(1)
                .willReturn(aResponse().withStatus(201).withFixedDelay(200)));
        try {
            Samples.put(broker, QUEUE, events);
            await().until(() -> texted(ids).size() > 5);

            sender.stop();

            List<GetResponse> left = broker.peek(QUEUE);
            // but for the one that the broker was about to send, which it takes back by itself
            assertThat(left)
                    .isNotEmpty()
                    .filteredOn(message -> message.getEnvelope().isRedeliver())
                    .hasSizeLessThanOrEqualTo(1);
            assertThat(texted(ids)).hasSize(EVENTS - left.size()).doesNotHaveDuplicates();
        } finally {
            provider.removeStub(slow);
            sender.start();
        }
        await().atMost(Duration.ofSeconds(30)).until(() -> Set.copyOf(texted(ids)), ids::equals);
        assertThat(texted(ids)).containsExactlyInAnyOrderElementsOf(ids);
    }

    /** The ids of those events about which the provider has taken a text, each as often as it has. */
    private List<String> texted(Set<String> events) {
        return provider.getAllServeEvents().stream()
                .filter(call -> call.getResponse().getStatus() == 201)
                .map(call -> String.valueOf(call.getRequest().getHeader("Idempotency-Key")))
                .filter(events::contains)
                .toList();
    }
}
