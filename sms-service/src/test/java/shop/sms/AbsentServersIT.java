package shop.sms;

import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import shop.playground.servers.Broker;
import shop.playground.servers.Kind;
import shop.playground.servers.RabbitMq;
import shop.playground.servers.ThirdParties;
import shop.playground.servers.WithServers;

@WithServers({Kind.RABBITMQ, Kind.THIRD_PARTIES})
class AbsentServersIT {
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    @Test
    void startsWithoutBrokerAndProviderAndServesWhenTheyAreThere(RabbitMq rabbit, Broker broker, ThirdParties parties)
            throws Exception {
        parties.wireMock().resetToDefaultMappings();
        parties.wireMock().resetRequests();
        rabbit.kill();
        parties.stop();
        try (ConfigurableApplicationContext service = new SpringApplicationBuilder(SmsService.class)
                .run("--server.port=0", "--server.address=127.0.0.1", "--messaging.retry.delays=1s,4s,6s")) {
            assertThat(health(service, "/liveness").statusCode()).isEqualTo(200);
            HttpResponse<String> readiness = health(service, "/readiness");
            assertThat(readiness.statusCode()).isEqualTo(503);
            assertThat(readiness.body()).contains("\"rabbit\"").doesNotContain("\"provider\"");

            rabbit.start();
            await().atMost(PATIENCE)
                    .untilAsserted(
                            () -> assertThat(health(service, "/readiness").statusCode())
                                    .isEqualTo(200));
            await().atMost(PATIENCE)
                    .untilAsserted(
                            () -> assertThat(broker.consumers("sms.events")).isEqualTo(2));
            Samples.publish(broker, Samples.paid(Samples.ADA));
            await().atMost(PATIENCE).until(() -> health(service, "").statusCode() == 503); // the provider is missed
            assertThat(health(service, "/readiness").statusCode()).isEqualTo(200); // but not for readiness

            parties.start();
            await().atMost(PATIENCE).until(() -> health(service, "").statusCode() == 200);
            assertThat(parties.wireMock().findAll(postRequestedFor(anyUrl()))).hasSize(1);
        } finally {
            rabbit.start();
            parties.start();
        }
    }

    private static HttpResponse<String> health(ConfigurableApplicationContext service, String group)
            throws IOException, InterruptedException {
        String port = service.getEnvironment().getRequiredProperty("local.server.port");
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(
                                        URI.create("http://127.0.0.1:%s/actuator/health%s".formatted(port, group)))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
    }
}
