package shop.playground.servers;

import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ThirdPartiesTest {

    private static final String MESSAGES = "/2010-04-01/Accounts/AC1/Messages.json";
    private static final ThirdParties thirdParties = ThirdParties.local();
    private static final ObjectMapper json = new ObjectMapper();

    @BeforeAll
    static void start() {
        thirdParties.start();
    }

    @AfterAll
    static void close() {
        thirdParties.close();
    }

    @Test
    void takesTexts() throws Exception {
        String body = "已付款: \"A & B\"\nthanks";
        HttpResponse<String> answer = post(
                MESSAGES,
                "application/x-www-form-urlencoded",
                "To=%2B8613800000000&From=%2B4930000000&Body=" + URLEncoder.encode(body, StandardCharsets.UTF_8));

        assertThat(answer.statusCode()).isEqualTo(201);
        JsonNode text = json.readTree(answer.body());
        assertThat(text.path("sid").asText()).matches("SM[0-9a-f]{32}");
        assertThat(text.path("status").asText()).isEqualTo("queued");
        assertThat(text.path("to").asText()).isEqualTo("+8613800000000");
        assertThat(text.path("from").asText()).isEqualTo("+4930000000");
        assertThat(text.path("body").asText()).isEqualTo(body);
        assertThat(text.path("account_sid").asText()).isEqualTo("AC1");
        thirdParties.wireMock().verify(postRequestedFor(urlPathEqualTo(MESSAGES)));
        assertThat(thirdParties.wireMock().getAllServeEvents()).isNotEmpty();
    }

    @Test
    void refusesTextToNobody() throws Exception {
        assertThat(post(MESSAGES, "application/x-www-form-urlencoded", "From=%2B1&Body=hello")
                        .statusCode())
                .isEqualTo(400);
    }

    @Test
    void approvesCharges() throws Exception {
        HttpResponse<String> answer = charge("4242424242424242");
        assertThat(answer.statusCode()).isEqualTo(201);
        JsonNode charge = json.readTree(answer.body());
        assertThat(charge.path("id").asText()).isEqualTo("ch_key-1");
        assertThat(charge.path("status").asText()).isEqualTo("approved");
        assertThat(charge.path("amount").asLong()).isEqualTo(1999);
    }

    @ParameterizedTest
    @CsvSource({"4000000000000002, insufficient_funds", "4000000000000069, expired_card"})
    void declinesTestCards(String number, String reason) throws Exception {
        HttpResponse<String> answer = charge(number);
        assertThat(answer.statusCode()).isEqualTo(402);
        JsonNode charge = json.readTree(answer.body());
        assertThat(charge.path("status").asText()).isEqualTo("declined");
        assertThat(charge.path("reason").asText()).isEqualTo(reason);
    }

    @Test
    void isOutOfOrderForOneTestCard() throws Exception {
        assertThat(charge("4000000000000119").statusCode()).isEqualTo(503);
    }

    @Test
    void refusesChargeWithoutIdempotencyKey() throws Exception {
        assertThat(post(
                                "/charges",
                                "application/json",
                                "{\"amount\": 1, \"currency\": \"EUR\", \"card\": {\"number\": \"1\"}}")
                        .statusCode())
                .isEqualTo(400);
    }

    @Test
    void refundsCharges() throws Exception {
        HttpResponse<String> answer = post("/charges/ch_key-1/refunds", "application/json", "{}");
        assertThat(answer.statusCode()).isEqualTo(201);
        assertThat(json.readTree(answer.body()).path("status").asText()).isEqualTo("refunded");
        assertThat(json.readTree(answer.body()).path("id").asText()).startsWith("re_");
    }

    @Test
    void comesBackAfterItWasStopped() throws Exception {
        thirdParties.stop();
        assertThat(Ports.answers(thirdParties.port())).isFalse();
        thirdParties.start();
        assertThat(charge("4242424242424242").statusCode()).isEqualTo(201);
    }

    private static HttpResponse<String> charge(String card) throws IOException, InterruptedException {
        String body = """
                {"amount": 1999, "currency": "EUR", "reference": "order-1",
                 "card": {"number": "%s", "expiry": "12/30", "cvc": "123"}}
                """.formatted(card);
        return post("/charges", "application/json", body);
    }

    private static HttpResponse<String> post(String path, String type, String body)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(thirdParties.url() + path))
                .header("Content-Type", type)
                .POST(HttpRequest.BodyPublishers.ofString(body));
        if (body.contains("reference")) {
            request.header("Idempotency-Key", "key-1");
        }
        return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
}
