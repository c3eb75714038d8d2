package shop.system;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathMatching;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.stubbing.StubMapping;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import shop.playground.client.Customer;
import shop.playground.shop.Service;

/** A service dies in the middle of its work. */
@WithShop
class KillIT {
    private static final Duration SLOW = Duration.ofSeconds(5);

    private final Visitor visitor;

    KillIT(Visitor visitor) {
        this.visitor = visitor;
    }

    @Test
    void aTextWhoseSenderDiedBeforeTheProvidersAnswerIsSentAgain() {
        Customer customer = visitor.customer("Evelyn Granville", "en");
        WireMockServer provider = visitor.shop().thirdParties().wireMock();
        Service sender = visitor.shop().service("sms-service");
        StubMapping slow = provider.stubFor(post(urlPathMatching("/2010-04-01/.*"))
                .atPriority(1)
                .willReturn(aResponse().withStatus(201).withFixedDelay(Math.toIntExact(SLOW.toMillis()))));
        String order;
        try {
            order = visitor.paidOrder(visitor.signIn(customer));
            await().pollInterval(Duration.ofMillis(20))
                    .untilAsserted(() -> assertThat(paidTexts(customer, order)).hasSize(1));
            sender.kill();
        } finally {
            provider.removeStub(slow);
            sender.start();
        }
        await().atMost(Duration.ofSeconds(60)) // its claim has to end first
                .untilAsserted(() -> assertThat(paidTexts(customer, order)).hasSizeGreaterThan(1));
    }

    /** What the provider was asked to send about the payment, answered or not. */
    private List<String> paidTexts(Customer customer, String order) {
        return visitor.texts().to(customer.phone()).stream()
                .filter(text -> text.contains(order + " is paid"))
                .toList();
    }
}
