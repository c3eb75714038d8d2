package shop.messaging.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.health.contributor.Status;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import shop.playground.servers.Kind;
import shop.playground.servers.Postgres;
import shop.playground.servers.WithServers;

@WithServers(Kind.RABBITMQ)
class AbsentDatabaseIT {

    @Test
    void startsWithoutItsDatabaseSaysSoAndGoesOnWhenItIsThere() {
        try (Postgres late = Postgres.local()) {
            late.start();
            String url = late.database("late");
            late.stop();
            try (var context = SpringApplication.run(
                    AnyService.class,
                    "--spring.datasource.url=" + url,
                    "--spring.datasource.username=" + late.username(),
                    "--spring.datasource.password=" + late.password(),
                    "--spring.datasource.hikari.initialization-fail-timeout=-1",
                    "--spring.datasource.hikari.connection-timeout=500")) {
                Migrations schema = context.getBean(Migrations.class);
                await().untilAsserted(() -> {
                    assertThat(schema.health().getStatus()).isEqualTo(Status.DOWN);
                    assertThat(schema.health().getDetails()).containsKey("waiting");
                });
                late.start();
                await().atMost(Duration.ofSeconds(20))
                        .untilAsserted(
                                () -> assertThat(schema.health().getStatus()).isEqualTo(Status.UP));
                assertThat(context.getBean(JdbcTemplate.class)
                                .queryForObject("select count(*) from outbox", Integer.class))
                        .isZero();
            }
        }
    }

    @Configuration
    @EnableAutoConfiguration
    static class AnyService {}
}
