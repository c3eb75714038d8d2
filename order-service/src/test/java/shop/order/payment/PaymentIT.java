package shop.order.payment;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.matchingJsonPath;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathMatching;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.MappingBuilder;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.stubbing.Scenario;
import com.github.tomakehurst.wiremock.stubbing.StubMapping;
import com.zaxxer.hikari.HikariDataSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.core.simple.JdbcClient;
import shop.order.Api;
import shop.order.Api.Answer;
import shop.order.Api.Caller;
import shop.order.WholeServiceTest;
import shop.playground.servers.ThirdParties;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@WholeServiceTest
@ExtendWith(OutputCaptureExtension.class)
class PaymentIT {
    private static final String POOR = Api.card("4000000000000002");
    private static final String OUT_OF_ORDER = Api.card("4000000000000119");
    private static final String SLOW_NUMBER = "5555555555554444";
    private static final String SLOW = Api.card(SLOW_NUMBER);

    private final Api api;
    private final JdbcClient database;
    private final HikariDataSource connections;
    private final WireMockServer acquirer;
    private final List<StubMapping> stubs = new ArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();

    private Caller buyer = Api.NOBODY;
    private String order = "";

    PaymentIT(
            @Autowired Api api,
            @Autowired JdbcClient database,
            @Autowired HikariDataSource connections,
            ThirdParties thirdParties) {
        this.api = api;
        this.database = database;
        this.connections = connections;
        this.acquirer = thirdParties.wireMock();
    }

    @BeforeEach
    void placeAnOrder() {
        buyer = api.customer();
        order = api.ordered(buyer);
    }

    @AfterEach
    void answerAsBefore() {
        stubs.forEach(acquirer::removeStub);
        acquirer.resetScenarios();
        threads.shutdownNow();
    }

    @Test
    void chargesTheCardAndTellsSubscribers() {
        Answer paid = api.pay(buyer, order, Api.GOOD_CARD);

        assertThat(paid.status()).isEqualTo(200);
        assertThat(paid.text("state")).isEqualTo("PAID");
        assertThat(api.get("/orders/" + order, buyer).body()).isEqualTo(paid.body());
        Attempt attempt = onlyAttempt();
        assertThat(attempt.state()).isEqualTo("APPROVED");
        assertThat(attempt.charge()).isEqualTo("ch_" + attempt.id());
        acquirer.verify(
                1,
                postRequestedFor(urlPathEqualTo("/charges"))
                        .withHeader("Idempotency-Key", equalTo(attempt.id().toString()))
                        .withRequestBody(matchingJsonPath("$.amount", equalTo("3500")))
                        .withRequestBody(matchingJsonPath("$.currency", equalTo("EUR"))));
        assertThat(paidEvents()).singleElement().satisfies(event -> {
            assertThat(event.path("address").path("city").asString()).isEqualTo("London");
            assertThat(event.path("total").path("amount").asLong()).isEqualTo(3500);
        });
    }

    @Test
    void declinedCardLeavesTheOrderToBePaidWithAnother() {
        Answer declined = api.pay(buyer, order, POOR);

        assertThat(declined.status()).isEqualTo(402);
        assertThat(declined.problem()).isEqualTo("payment-declined");
        assertThat(declined.text("reason")).isEqualTo("insufficient_funds");
        assertThat(api.get("/orders/" + order, buyer).text("state")).isEqualTo("PLACED");
        assertThat(api.pay(buyer, order, Api.GOOD_CARD).status()).isEqualTo(200);
        assertThat(attempts()).extracting(Attempt::state).containsExactlyInAnyOrder("DECLINED", "APPROVED");
        assertThat(paidEvents()).hasSize(1);
    }

    @Test
    void repeatsTheSameAttemptAfterAnAcquirerThatWasOutOfOrder() {
        Answer first = api.pay(buyer, order, OUT_OF_ORDER);

        assertThat(first.status()).isEqualTo(503);
        assertThat(first.problem()).isEqualTo("acquirer-unavailable");
        assertThat(first.header("Retry-After")).isNotNull();
        UUID pending = onlyAttempt().id();

        assertThat(api.pay(buyer, order, Api.GOOD_CARD).status()).isEqualTo(200);

        assertThat(onlyAttempt()).isEqualTo(new Attempt(pending, "APPROVED", "ch_" + pending));
        acquirer.verify(2, charges(pending));
    }

    @Test
    void repeatsTheSameAttemptAfterAnAnswerThatNeverCame() {
        stub(charge(SLOW_NUMBER)
                .inScenario("slow")
                .whenScenarioStateIs(Scenario.STARTED)
                .willSetStateTo("awake")
                .willReturn(approved().withFixedDelay(4000)));
        stub(charge(SLOW_NUMBER).inScenario("slow").whenScenarioStateIs("awake").willReturn(approved()));

        Answer first = api.pay(buyer, order, SLOW);
        Answer second = api.pay(buyer, order, SLOW);

        assertThat(first.problem()).isEqualTo("acquirer-unavailable");
        assertThat(second.text("state")).isEqualTo("PAID");
        UUID attempt = onlyAttempt().id();
        await().untilAsserted(() -> acquirer.verify(2, charges(attempt)));
        assertThat(paidEvents()).hasSize(1);
    }

    @Test
    void takesNonsenseFromTheAcquirerForNoAnswer() {
        stub(charge(SLOW_NUMBER).willReturn(aResponse().withStatus(201).withBody("<html>")));
        assertThat(api.pay(buyer, order, SLOW).problem()).isEqualTo("acquirer-unavailable");
        stub(charge(SLOW_NUMBER).willReturn(aResponse().withStatus(302).withHeader("Location", "/elsewhere")));
        assertThat(api.pay(buyer, order, SLOW).problem()).isEqualTo("acquirer-unavailable");
        stub(charge(SLOW_NUMBER).willReturn(aResponse().withStatus(402)));
        assertThat(api.pay(buyer, order, SLOW).problem()).isEqualTo("acquirer-unavailable");

        assertThat(onlyAttempt().state()).isEqualTo("PENDING");
        assertThat(api.get("/orders/" + order, buyer).text("state")).isEqualTo("PLACED");
    }

    @Test
    void payingAgainChangesNothing() {
        Answer first = api.pay(buyer, order, Api.GOOD_CARD);
        Answer second = api.pay(buyer, order, Api.GOOD_CARD);

        assertThat(second.status()).isEqualTo(200);
        assertThat(second.body()).isEqualTo(first.body());
        acquirer.verify(1, charges(onlyAttempt().id()));
        assertThat(paidEvents()).hasSize(1);
    }

    @Test
    void paymentsAtTheSameTimeAreOneAttempt() {
        List<CompletableFuture<Answer>> answers = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            answers.add(CompletableFuture.supplyAsync(() -> api.pay(buyer, order, Api.GOOD_CARD), threads));
        }

        assertThat(answers)
                .allSatisfy(answer -> assertThat(answer.join().status()).isEqualTo(200));
        assertThat(onlyAttempt().state()).isEqualTo("APPROVED");
        assertThat(paidEvents()).hasSize(1);
    }

    @Test
    void cancelledOrderCannotBePaidNorAPaidOneCancelled() {
        Api.ok(200, api.cancel(buyer, order));
        Answer refused = api.pay(buyer, order, Api.GOOD_CARD);
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.problem()).isEqualTo("wrong-state");
        assertThat(attempts()).isEmpty();

        String another = api.ordered(buyer);
        Api.ok(200, api.pay(buyer, another, Api.GOOD_CARD));
        assertThat(api.cancel(buyer, another).problem()).isEqualTo("wrong-state");
    }

    @Test
    void refusesACancellationWhileThePaymentHasNoAnswer() {
        stub(charge(SLOW_NUMBER)
                .inScenario("slow")
                .whenScenarioStateIs(Scenario.STARTED)
                .willSetStateTo("awake")
                .willReturn(approved().withFixedDelay(4000)));
        stub(charge(SLOW_NUMBER).inScenario("slow").whenScenarioStateIs("awake").willReturn(approved()));
        assertThat(api.pay(buyer, order, SLOW).status()).isEqualTo(503);

        Answer refused = api.cancel(buyer, order);

        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.problem()).isEqualTo("payment-pending");
        assertThat(refused.text("detail"))
                .isEqualTo("A payment of this order has no answer yet: send the payment again, then cancel.");
        assertThat(api.get("/orders/" + order, buyer).text("state")).isEqualTo("PLACED");
        assertThat(api.pay(buyer, order, SLOW).text("state")).isEqualTo("PAID");
        assertThat(onlyAttempt().state()).isEqualTo("APPROVED");
        assertThat(api.cancel(buyer, order).problem()).isEqualTo("wrong-state");
    }

    @Test
    void anOrderIsCancelledOnceItsPendingPaymentIsDeclined() {
        assertThat(api.pay(buyer, order, OUT_OF_ORDER).status()).isEqualTo(503);
        assertThat(api.cancel(buyer, order).problem()).isEqualTo("payment-pending");

        assertThat(api.pay(buyer, order, POOR).status()).isEqualTo(402);
        assertThat(api.cancel(buyer, order).text("state")).isEqualTo("CANCELLED");

        assertThat(onlyAttempt().state()).isEqualTo("DECLINED");
        assertThat(api.cancel(buyer, order).status()).as("again").isEqualTo(200);
    }

    @Test
    void refundsWhatWasChargedForAnOrderThatWasCancelled() {
        stub(charge(SLOW_NUMBER).willReturn(approved().withFixedDelay(1200)));
        stub(post(urlPathMatching("/charges/.*/refunds"))
                .inScenario("refund")
                .whenScenarioStateIs(Scenario.STARTED)
                .willSetStateTo("awake")
                .willReturn(aResponse().withStatus(503)));
        CompletableFuture<Answer> payment = CompletableFuture.supplyAsync(() -> api.pay(buyer, order, SLOW), threads);
        await().until(() -> attempts().size() == 1);

        assertThat(api.pay(buyer, order, POOR).status()).isEqualTo(402); // the same attempt; its yes is on the way
        Api.ok(200, api.cancel(buyer, order));

        assertThat(payment.join().problem()).isEqualTo("wrong-state");
        Attempt attempt = onlyAttempt();
        await().untilAsserted(() -> assertThat(onlyAttempt().state()).isEqualTo("REFUNDED"));
        acquirer.verify(
                2,
                postRequestedFor(urlPathEqualTo("/charges/" + attempt.charge() + "/refunds"))
                        .withHeader("Idempotency-Key", equalTo(attempt.id() + "-refund")));
        assertThat(api.get("/orders/" + order, buyer).text("state")).isEqualTo("CANCELLED");
        assertThat(paidEvents()).isEmpty();
    }

    @Test
    void holdsNoConnectionWhileTheAcquirerThinks() {
        stub(charge(SLOW_NUMBER).willReturn(approved().withFixedDelay(1500)));

        List<CompletableFuture<Answer>> payments = Stream.of(order, api.ordered(buyer), api.ordered(buyer))
                .map(one -> CompletableFuture.supplyAsync(() -> api.pay(buyer, one, SLOW), threads))
                .toList();

        await().pollInterval(Duration.ofMillis(20))
                .until(() -> pendingOf(buyer) == 3
                        && connections.getHikariPoolMXBean().getActiveConnections() == 0);
        assertThat(payments)
                .allSatisfy(payment -> assertThat(payment.join().text("state")).isEqualTo("PAID"));
    }

    @Test
    void keepsTheCardToItself(CapturedOutput output) {
        api.pay(buyer, order, POOR);
        api.pay(buyer, order, OUT_OF_ORDER);
        Answer invalid = api.pay(buyer, order, Api.card("4242424242424243"));
        api.pay(buyer, order, Api.GOOD_CARD);

        assertThat(output.getAll()).doesNotContain("4242424242424242", "4000000000000002", "4000000000000119");
        assertThat(invalid.status()).isEqualTo(400);
        assertThat(invalid.body()).doesNotContain("4242424242424243");
        assertThat(output.getAll()).doesNotContain("4242424242424243");
        assertThat(database.sql("select cast(p as text) from payments p where order_id = cast(? as uuid)")
                        .param(order)
                        .query(String.class)
                        .list())
                .isNotEmpty()
                .allSatisfy(row -> assertThat(row).doesNotContain("4242", "12/30"));
    }

    private record Attempt(UUID id, String state, String charge) {}

    private List<Attempt> attempts() {
        return database.sql(
                        "select id, state, coalesce(charge, '') charge from payments where order_id = cast(? as uuid)")
                .param(order)
                .query(Attempt.class)
                .list();
    }

    private Attempt onlyAttempt() {
        assertThat(attempts()).hasSize(1);
        return attempts().get(0);
    }

    private int pendingOf(Caller customer) {
        return database.sql("""
                select count(*) from payments p join orders o on o.id = p.order_id
                where o.customer = cast(? as uuid) and p.state = 'PENDING'""").param(customer.id()).query(Integer.class).single();
    }

    private List<JsonNode> paidEvents() {
        return database.sql("select body from outbox where routing_key = 'order.paid' and aggregate = ?")
                .param(order)
                .query((row, number) -> new JsonMapper().readTree(row.getBytes("body")))
                .list();
    }

    private void stub(MappingBuilder mapping) {
        stubs.add(acquirer.stubFor(mapping.atPriority(1)));
    }

    private static MappingBuilder charge(String number) {
        return post(urlPathEqualTo("/charges")).withRequestBody(matchingJsonPath("$.card.number", equalTo(number)));
    }

    private static ResponseDefinitionBuilder approved() {
        return aResponse()
                .withStatus(201)
                .withHeader("Content-Type", "application/json")
                .withBody("{\"id\": \"ch_{{request.headers.Idempotency-Key}}\", \"status\": \"approved\"}")
                .withTransformers("response-template");
    }

    private static com.github.tomakehurst.wiremock.matching.RequestPatternBuilder charges(UUID attempt) {
        return postRequestedFor(urlPathEqualTo("/charges")).withHeader("Idempotency-Key", equalTo(attempt.toString()));
    }
}
