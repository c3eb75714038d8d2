package shop.sms;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.jsonResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.temporaryRedirect;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.stubbing.StubMapping;
import com.github.tomakehurst.wiremock.verification.LoggedRequest;
import com.rabbitmq.client.GetResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.test.annotation.DirtiesContext;
import shop.events.OrderPaid;
import shop.messaging.subscription.FailureHeaders;
import shop.playground.servers.Broker;
import shop.playground.servers.Kind;
import shop.playground.servers.ThirdParties;
import shop.playground.servers.WithServers;
import shop.playground.testing.Samples;

@WithServers({Kind.RABBITMQ, Kind.REDIS, Kind.THIRD_PARTIES})
@SpringBootTest(
        properties = {
            "messaging.retry.delays=2s,3s",
            "messaging.breaker.pause=1s",
            "shop.sms.account-sid=AC42",
            "shop.sms.auth-token=secret",
            "spring.http.clients.read-timeout=2s"
        })
@DirtiesContext
class SmsIT {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @BeforeEach
    void asAlways(ThirdParties parties) {
        parties.wireMock().resetToDefaultMappings();
        parties.wireMock().resetRequests();
    }

    @Test
    void anEventBecomesATextToItsRecipient(Broker broker, ThirdParties parties) {
        OrderPaid event = Samples.paid(Samples.LI);
        Samples.publish(broker, event);

        LoggedRequest request = requests(parties, 1).get(0);
        assertThat(request.getUrl()).isEqualTo("/2010-04-01/Accounts/AC42/Messages.json");
        assertThat(request.formParameter("To").firstValue()).isEqualTo("+8613800138000");
        assertThat(request.formParameter("From").firstValue()).isEqualTo("+15005550006");
        assertThat(request.formParameter("Body").firstValue())
                .isEqualTo("【mq-shop】您的订单 " + Samples.ORDER + " 已支付，正在打包。");
        assertThat(request.getHeader("Content-Type")).startsWith("application/x-www-form-urlencoded");
        assertThat(request.getHeader("Authorization")).isEqualTo("Basic QUM0MjpzZWNyZXQ="); // AC42:secret
        assertThat(request.getHeader("Idempotency-Key"))
                .isEqualTo(event.eventId().toString());
    }

    @ParameterizedTest
    @MethodSource("troubles")
    void aTextThatWasNotTakenIsSentAgainWithTheSameKey(
            ResponseDefinitionBuilder trouble, Broker broker, ThirdParties parties) {
        StubMapping stub = parties.wireMock().stubFor(post(anyUrl()).willReturn(trouble));
        OrderPaid event = Samples.paid(Samples.ADA);
        Samples.publish(broker, event);
        await().atMost(PATIENCE).until(() -> broker.ready("sms.events.retry.2s") == 1);
        int failed = requests(parties, 1).size();
        parties.wireMock().removeStub(stub);

        assertThat(requests(parties, failed + 1))
                .hasSize(failed + 1)
                .allMatch(request -> event.eventId().toString().equals(request.getHeader("Idempotency-Key")));
        await().atMost(PATIENCE).until(() -> broker.ready("sms.events.retry.2s") == 0);
        assertThat(broker.ready("sms.events.retry.3s")).isZero();
        assertThat(broker.ready("sms.events.parked")).isZero();
    }

    static Stream<ResponseDefinitionBuilder> troubles() {
        return Stream.of(
                aResponse().withStatus(503),
                aResponse().withStatus(429),
                aResponse().withStatus(408),
                temporaryRedirect("/elsewhere"),
                aResponse().withStatus(201).withFixedDelay(3_000));
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 403, 404, 422})
    void aTextThatIsRefusedIsParkedWithTheProvidersReason(int status, Broker broker, ThirdParties parties) {
        String answer = "{\"code\": 21211, \"message\": \"The 'To' number is not a valid phone number.\"}";
        parties.wireMock().stubFor(post(anyUrl()).willReturn(jsonResponse(answer, status)));
        OrderPaid event = Samples.paid(Samples.ADA);
        Samples.publish(broker, event);

        GetResponse parked = await().atMost(PATIENCE)
                .until(() -> broker.take("sms.events.parked"), Optional::isPresent)
                .orElseThrow();
        assertThat(parked.getProps().getMessageId()).isEqualTo(event.eventId().toString());
        assertThat(parked.getProps().getHeaders().get(FailureHeaders.REASON))
                .asString()
                .contains(String.valueOf(status), "21211", "not a valid phone number");
        assertThat(requests(parties, 1)).hasSize(1);
    }

    private static List<LoggedRequest> requests(ThirdParties parties, int atLeast) {
        return await().atMost(PATIENCE)
                .until(
                        () -> parties.wireMock().findAll(postRequestedFor(anyUrl())),
                        requests -> requests.size() >= atLeast);
    }
}
