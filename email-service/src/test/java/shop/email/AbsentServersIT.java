package shop.email;

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
import shop.playground.servers.MailServer;
import shop.playground.servers.RabbitMq;
import shop.playground.servers.WithServers;

@WithServers({Kind.RABBITMQ, Kind.MAIL})
class AbsentServersIT {
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    @Test
    void startsWithoutBrokerAndMailServerAndServesWhenTheyAreThere(RabbitMq rabbit, Broker broker, MailServer mails)
            throws Exception {
        mails.clear();
        rabbit.kill();
        mails.stop();
        try (ConfigurableApplicationContext service =
                new SpringApplicationBuilder(EmailService.class).run("--server.port=0", "--server.address=127.0.0.1")) {
            assertThat(health(service, "/liveness").statusCode()).isEqualTo(200);
            HttpResponse<String> readiness = health(service, "/readiness");
            assertThat(readiness.statusCode()).isEqualTo(503);
            assertThat(readiness.body()).contains("\"rabbit\"").doesNotContain("\"mail\"");
            assertThat(health(service, "").body()).contains("\"mail\"");

            rabbit.start();
            await().atMost(PATIENCE)
                    .untilAsserted(
                            () -> assertThat(health(service, "/readiness").statusCode())
                                    .isEqualTo(200));
            assertThat(health(service, "").statusCode())
                    .isEqualTo(503); // the mail server is missed, but not for readiness

            mails.start();
            await().atMost(PATIENCE)
                    .untilAsserted(
                            () -> assertThat(broker.consumers("email.events")).isEqualTo(2));
            Samples.publish(broker, Samples.paid(Samples.ADA));
            await().atMost(PATIENCE).until(() -> mails.mails().size() == 1);
            assertThat(health(service, "").statusCode()).isEqualTo(200);
        } finally {
            rabbit.start();
            mails.start();
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
