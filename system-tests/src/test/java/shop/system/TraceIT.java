package shop.system;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.containing;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathMatching;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.matching.RequestPattern;
import com.github.tomakehurst.wiremock.stubbing.ServeEvent;
import com.github.tomakehurst.wiremock.stubbing.StubMapping;
import com.github.tomakehurst.wiremock.verification.LoggedRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import shop.playground.client.Api;
import shop.playground.client.Buyer;
import shop.playground.client.Customer;
import shop.playground.shop.Service;

/** One trace leads from a customer's request to the last mail and text about it. */
@WithShop
class TraceIT {
    private static final String TEXTS = "/2010-04-01/.*";
    private static final String PARKED = "actuator/parked/sms.events.parked";

    private final Visitor visitor;
    private final WireMockServer provider;
    private final String trace = UUID.randomUUID().toString().replace("-", "");

    TraceIT(Visitor visitor) {
        this.visitor = visitor;
        this.provider = visitor.shop().thirdParties().wireMock();
    }

    @Test
    void leadsFromTheRequestToTheMailAndAcrossARetryToTheText() {
        Customer customer = visitor.customer("Margaret Hamilton", "en");
        String order;
        StubMapping failing = provider.stubFor(post(urlPathMatching(TEXTS))
                .atPriority(1)
                .withRequestBody(containing(digits(customer)))
                .willReturn(aResponse().withStatus(429)));
        try {
            order = visitor.paidOrder(traced(customer));
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(log("sms-service"))
                            .anySatisfy(line -> assertThat(line).contains(trace, "goes to sms.events.retry.")));
        } finally {
            provider.removeStub(failing);
        }
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            assertThat(textsAccepted(customer)).isNotEmpty().allSatisfy(this::isTraced);
            assertThat(visitor.mails().to(customer.email()))
                    .filteredOn(mail -> mail.path("subject").asText().equals("Your order " + order + " is paid"))
                    .singleElement()
                    .satisfies(mail -> assertThat(
                                    mail.path("headers").path("traceparent").asText())
                            .contains(trace));
        });
    }

    @Test
    void leadsAcrossTheParkingLotAndAReplay() {
        Customer customer = visitor.customer("Joan Clarke", "en");
        StubMapping refusing = provider.stubFor(post(urlPathMatching(TEXTS))
                .atPriority(1)
                .withRequestBody(containing(digits(customer)))
                .willReturn(aResponse().withStatus(400)));
        Service texting = visitor.shop().service("sms-service");
        Api operator = new Api(Api.client(), texting.uri())
                .withPassword("operator", visitor.shop().operatorPassword())
                .with("X-Requested-With", "a test");
        try {
            visitor.paidOrder(traced(customer));
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(parked(operator)).isPositive());
        } finally {
            provider.removeStub(refusing);
        }
        operator.postAsync(PARKED).join().expect(200);
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(textsAccepted(customer)).anySatisfy(this::isTraced));
    }

    @Test
    void leadsFromAPurchaseOfAFlashSaleToTheMailAboutItsOrder() {
        String sale = visitor.openSale(5, Duration.ofHours(1));
        Buyer buyer = visitor.newcomer("Annie Easley").join();

        traced(visitor.gateway().withToken(buyer.token()))
                .postAsync("/sales/" + sale + "/purchases")
                .join()
                .expect(202);

        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(visitor.mails().to(buyer.email()))
                        .filteredOn(mail -> mail.path("subject").asText().startsWith("We have your order "))
                        .singleElement()
                        .satisfies(mail -> assertThat(
                                        mail.path("headers").path("traceparent").asText())
                                .contains(trace)));
    }

    private Api traced(Customer customer) {
        return traced(visitor.signIn(customer));
    }

    /** As a client that traces, too. */
    private Api traced(Api api) {
        return api.with("traceparent", "00-" + trace + "-b7ad6b7169203331-01");
    }

    private void isTraced(LoggedRequest text) {
        assertThat(text.getHeader("traceparent")).contains(trace);
    }

    private List<LoggedRequest> textsAccepted(Customer customer) {
        RequestPattern wanted = postRequestedFor(urlPathMatching(TEXTS))
                .withRequestBody(containing(digits(customer)))
                .withRequestBody(containing("paid"))
                .build();
        return provider.getAllServeEvents().stream()
                .filter(call -> call.getResponse().getStatus() == 201
                        && wanted.match(call.getRequest()).isExactMatch())
                .map(ServeEvent::getRequest)
                .toList();
    }

    private static String digits(Customer customer) {
        return customer.phone().substring(1);
    }

    private static int parked(Api operator) {
        JsonNode lot = operator.get(PARKED).expect(200).body();
        return lot.path("messages").size();
    }

    private List<String> log(String service) {
        try {
            return Files.readAllLines(visitor.shop().service(service).log());
        } catch (IOException e) {
            return List.of();
        }
    }
}
