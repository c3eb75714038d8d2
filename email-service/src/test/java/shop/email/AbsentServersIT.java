package shop.email;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import shop.playground.servers.Broker;
import shop.playground.servers.Kind;
import shop.playground.servers.MailServer;
import shop.playground.servers.RabbitMq;
import shop.playground.servers.Redis;
import shop.playground.servers.WithServers;
import shop.playground.testing.Health;
import shop.playground.testing.Samples;

@WithServers({Kind.RABBITMQ, Kind.REDIS, Kind.MAIL})
class AbsentServersIT {
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    @Test
    void startsWithoutAnyServerAndServesWhenTheyAreThere(RabbitMq rabbit, Broker broker, Redis redis, MailServer mails)
            throws Exception {
        mails.clear();
        rabbit.kill();
        redis.kill();
        mails.stop();
        try (ConfigurableApplicationContext service =
                new SpringApplicationBuilder(EmailService.class).run("--server.port=0", "--server.address=127.0.0.1")) {
            Health health = new Health(service.getEnvironment().getRequiredProperty("local.server.port"));
            assertThat(health.liveness().statusCode()).isEqualTo(200);
            HttpResponse<String> readiness = health.readiness();
            assertThat(readiness.statusCode()).isEqualTo(503);
            assertThat(readiness.body()).contains("\"rabbit\"").doesNotContain("\"mail\"");
            assertThat(health.all().body()).contains("\"mail\"");

            rabbit.start();
            await().atMost(PATIENCE)
                    .untilAsserted(
                            () -> assertThat(health.readiness().statusCode()).isEqualTo(200));
            assertThat(health.all().statusCode()).isEqualTo(503); // the mail server is missed, but not for readiness

            redis.start();
            mails.start();
            await().atMost(PATIENCE)
                    .untilAsserted(
                            () -> assertThat(broker.consumers("email.events")).isEqualTo(2));
            Samples.publish(broker, Samples.paid(Samples.ADA));
            await().atMost(PATIENCE).until(() -> mails.mails().size() == 1);
            assertThat(health.all().statusCode()).isEqualTo(200);
        } finally {
            rabbit.start();
            redis.start();
            mails.start();
        }
    }
}
