package shop.sms;

import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import shop.playground.servers.Broker;
import shop.playground.servers.Kind;
import shop.playground.servers.RabbitMq;
import shop.playground.servers.Redis;
import shop.playground.servers.ThirdParties;
import shop.playground.servers.WithServers;
import shop.playground.testing.Health;
import shop.playground.testing.Samples;

@WithServers({Kind.RABBITMQ, Kind.REDIS, Kind.THIRD_PARTIES})
class AbsentServersIT {
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    @Test
    void startsWithoutAnyServerAndServesWhenTheyAreThere(
            RabbitMq rabbit, Broker broker, Redis redis, ThirdParties parties) throws Exception {
        parties.wireMock().resetToDefaultMappings();
        parties.wireMock().resetRequests();
        rabbit.kill();
        redis.kill();
        parties.stop();
        try (ConfigurableApplicationContext service = new SpringApplicationBuilder(SmsService.class)
                .run(
                        "--server.port=0",
                        "--server.address=127.0.0.1",
                        "--messaging.retry.delays=1s,4s,6s",
                        "--messaging.breaker.pause=1s")) {
            Health health = new Health(service.getEnvironment().getRequiredProperty("local.server.port"));
            assertThat(health.liveness().statusCode()).isEqualTo(200);
            HttpResponse<String> readiness = health.readiness();
            assertThat(readiness.statusCode()).isEqualTo(503);
            assertThat(readiness.body()).contains("\"rabbit\"").doesNotContain("\"provider\"");

            rabbit.start();
            redis.start();
            await().atMost(PATIENCE)
                    .untilAsserted(
                            () -> assertThat(health.readiness().statusCode()).isEqualTo(200));
            await().atMost(PATIENCE)
                    .untilAsserted(
                            () -> assertThat(broker.consumers("sms.events")).isEqualTo(2));
            Samples.publish(broker, Samples.paid(Samples.ADA));
            await().atMost(PATIENCE).until(() -> health.all().statusCode() == 503); // the provider is missed
            assertThat(health.readiness().statusCode()).isEqualTo(200); // but not for readiness

            parties.start();
            await().atMost(PATIENCE).until(() -> health.all().statusCode() == 200);
            assertThat(parties.wireMock().findAll(postRequestedFor(anyUrl()))).hasSize(1);
        } finally {
            rabbit.start();
            redis.start();
            parties.start();
        }
    }
}
