package shop.order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import shop.order.Api.Answer;
import shop.order.Api.Caller;
import shop.playground.servers.Postgres;
import shop.playground.servers.RabbitMq;

@WholeServiceTest
class AbsentServersIT {
    private final Api api;
    private final Readiness readiness;
    private final JdbcClient database;

    AbsentServersIT(@Autowired Api api, @Autowired Readiness readiness, @Autowired JdbcClient database) {
        this.api = api;
        this.readiness = readiness;
        this.database = database;
    }

    @Test
    void startsWithoutAnyOfItsServers() throws IOException {
        int closed = closedPort();
        try (ConfigurableApplicationContext service = SpringApplication.run(
                OrderService.class,
                "--server.port=0",
                "--server.address=127.0.0.1",
                "--spring.datasource.url=jdbc:postgresql://127.0.0.1:%d/orders".formatted(closed),
                "--spring.rabbitmq.host=127.0.0.1",
                "--spring.rabbitmq.port=" + closed,
                "--spring.data.redis.port=" + closed)) {
            Api late = new Api(service.getEnvironment());

            assertThat(late.get("/actuator/health/liveness", Api.NOBODY).status())
                    .isEqualTo(200);
            Answer readiness = late.get("/actuator/health/readiness", Api.NOBODY);
            assertThat(readiness.status()).isEqualTo(503);
            assertThat(readiness.text("status")).isEqualTo("DOWN");
            assertThat(readiness
                            .json()
                            .path("components")
                            .path("db")
                            .path("status")
                            .asString())
                    .isEqualTo("DOWN");
            unavailable(late.get("/products", Api.NOBODY));
            unavailable(late.post("/customers", Api.NOBODY, Api.registration("early@example.com")));
            unavailable(late.post("/tokens", Api.NOBODY, Api.credentials("early@example.com", "any password")));
            unavailable(late.get("/.well-known/jwks.json", Api.NOBODY));
            Answer withToken =
                    late.get("/orders/1", new Caller("", api.customer().token()));
            assertThat(withToken.status()).isEqualTo(503);
            assertThat(withToken.contentType()).startsWith("application/problem+json");
        }
    }

    @Test
    void takesOrdersWithoutTheBrokerAndPublishesThemLater(RabbitMq rabbit) {
        Caller buyer = api.customer();
        rabbit.stop();
        String order;
        try {
            order = api.ordered(buyer);
            Api.ok(200, api.pay(buyer, order, Api.GOOD_CARD));
            assertThat(api.get("/actuator/health/readiness", Api.NOBODY).status())
                    .isEqualTo(200);
            assertThat(unpublished(order)).isEqualTo(2);
        } finally {
            rabbit.start();
        }

        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(unpublished(order)).isZero());
        readiness.awaited();
    }

    @Test
    void says503WhileTheDatabaseIsAwayAndGoesOnWhenItIsBack(Postgres postgres) {
        Caller buyer = api.customer();
        postgres.stop();
        try {
            unavailable(api.order(buyer, Api.LAMP, 1));
            assertThat(api.get("/actuator/health/readiness", Api.NOBODY).status())
                    .isEqualTo(503);
            assertThat(api.get("/actuator/health/liveness", Api.NOBODY).status())
                    .isEqualTo(200);
        } finally {
            postgres.start();
        }

        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(
                        () -> assertThat(api.order(buyer, Api.LAMP, 1).status()).isEqualTo(201));
    }

    private static void unavailable(Answer answer) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(503);
        assertThat(answer.problem()).isEqualTo("unavailable");
        assertThat(answer.contentType()).startsWith("application/problem+json");
        assertThat(answer.header("Retry-After")).isNotNull();
    }

    private int unpublished(String order) {
        return database.sql("select count(*) from outbox where aggregate = ? and published_at is null")
                .param(order)
                .query(Integer.class)
                .single();
    }

    private static int closedPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
