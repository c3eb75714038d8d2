package shop.email;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.annotation.DirtiesContext;
import shop.events.OrderPaid;
import shop.playground.servers.Broker;
import shop.playground.servers.Kind;
import shop.playground.servers.MailServer;
import shop.playground.servers.WithServers;
import shop.playground.testing.Samples;

/** What an operator does with mails that could not be sent, over HTTP. */
@WithServers({Kind.RABBITMQ, Kind.REDIS, Kind.MAIL})
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "messaging.retry.delays=1s",
            "messaging.breaker.window=100", // so many mails must fail before it pauses, rather than park
            "messaging.breaker.minimum=100",
            "shop.operator.password=secret"
        })
@DirtiesContext
class ParkedIT {
    private static final String LOT = "email.events.parked";
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final HttpClient http = HttpClient.newHttpClient();

    @LocalServerPort
    private int port;

    @BeforeEach
    void nothingIsParked(Broker broker, MailServer server) {
        await().atMost(PATIENCE).ignoreExceptions().until(() -> broker.ready(LOT) >= 0);
        broker.purge(LOT);
        server.clear();
    }

    @Test
    void aMailThatWasParkedIsReplayedOnceTheMailServerIsMended(Broker broker, MailServer server) throws Exception {
        OrderPaid event = Samples.paid(Samples.ADA);
        String message = LOT + "/" + event.eventId();
        server.stop();
        try {
            Samples.publish(broker, event);
            await().atMost(PATIENCE).until(() -> broker.ready(LOT) == 1);
        } finally {
            server.start();
        }

        assertThat(send("GET", "", "operator:secret").body()).contains("\"" + LOT + "\":1");
        assertThat(send("GET", LOT, "operator:secret").body())
                .contains("\"id\":\"" + event.eventId() + "\"", "\"type\":\"order.paid\"", "\"attempts\":2");
        assertThat(send("GET", message, "operator:secret").body())
                .contains("\"body\":{", "\"order\":\"" + Samples.ORDER + "\"", "\"stack\":");

        HttpResponse<String> replayed = send("POST", message, "operator:secret");
        assertThat(replayed.statusCode()).as(replayed.body()).isEqualTo(200);
        assertThat(replayed.body()).contains("\"replayed\":1", "\"left\":0");
        await().atMost(PATIENCE).until(() -> server.mails().size() == 1);
        assertThat(server.mails().get(0).headers())
                .containsEntry("x-event-id", event.eventId().toString());

        HttpResponse<String> again = send("POST", message, "operator:secret");
        assertThat(again.statusCode()).isEqualTo(404);
        assertThat(again.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(send("POST", LOT + "?force=true", "operator:secret").body()).contains("\"replayed\":0");
        assertThat(send("DELETE", LOT, "operator:secret").body()).contains("\"discarded\":0");
    }

    @ParameterizedTest
    @CsvSource({"GET,''", "GET," + LOT, "POST," + LOT, "DELETE," + LOT})
    void isForTheOperatorAlone(String method, String path) throws Exception {
        for (String nobody : new String[] {null, "operator:wrong", "somebody:secret", "operator:"}) {
            HttpResponse<String> answer = send(method, path, nobody);
            assertThat(answer.statusCode()).isEqualTo(401);
            assertThat(answer.headers().firstValue("WWW-Authenticate")).hasValue("Basic realm=\"operator\"");
            assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
            assertThat(answer.body()).contains("unauthenticated");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "DELETE"})
    void isNotForAForeignPageInTheOperatorsBrowser(String method) throws Exception {
        HttpRequest foreign = request(method, LOT, "operator:secret").build();
        HttpResponse<String> answer = http.send(foreign, BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(403);
        assertThat(answer.body()).contains("X-Requested-With");
    }

    @ParameterizedTest
    @CsvSource({"../health/liveness", "../prometheus"})
    void leavesOpenWhatProbesAsk(String path) throws Exception {
        assertThat(send("GET", path, null).statusCode()).isEqualTo(200);
    }

    private HttpResponse<String> send(String method, String path, String user)
            throws IOException, InterruptedException {
        HttpRequest.Builder ours = request(method, path, user).header("X-Requested-With", "a test");
        return http.send(ours.build(), BodyHandlers.ofString());
    }

    private HttpRequest.Builder request(String method, String path, String user) {
        URI uri = URI.create("http://127.0.0.1:" + port + "/actuator/parked" + (path.isEmpty() ? "" : "/" + path));
        HttpRequest.Builder request = HttpRequest.newBuilder(uri.normalize()).method(method, BodyPublishers.noBody());
        if (user != null) {
            byte[] credentials = user.getBytes(StandardCharsets.UTF_8);
            request.header("Authorization", "Basic " + Base64.getEncoder().encodeToString(credentials));
        }
        return request;
    }
}
