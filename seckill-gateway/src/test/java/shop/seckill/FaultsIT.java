package shop.seckill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.LongTaskTimer;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.core.env.Environment;
import shop.playground.servers.Broker;
import shop.playground.servers.RabbitMq;
import shop.playground.servers.Redis;

@GatewayTest
class FaultsIT {
    private static final Duration FAST = Duration.ofSeconds(5); // with the patience of GatewayTest
    private static final Duration BACK = Duration.ofSeconds(60);

    private final UUID buyer = UUID.randomUUID();

    @Autowired
    private Gateway gateway;

    @Autowired
    private ConnectionFactory connections;

    @Autowired
    private MeterRegistry metrics;

    @Autowired
    private Environment environment;

    @BeforeEach
    void emptyQueue(Broker broker) {
        gateway.settleIn(broker);
    }

    @Test
    void keepsTheTicketWhenTheBrokerDoesNotAnswerAndQueuesItWhenItDoes(RabbitMq rabbitMq, Broker broker) {
        UUID sale = open(broker);
        Gateway.Answer answer;
        rabbitMq.freeze();
        try {
            answer = gateway.buy(sale, buyer);
        } finally {
            rabbitMq.thaw();
        }

        assertThat(answer.summary()).isEqualTo("503 unconfirmed");
        assertThat(answer.header("Retry-After")).isEqualTo("1");
        String location = answer.header("Location");
        await().atMost(BACK)
                .untilAsserted(
                        () -> assertThat(gateway.buy(sale, buyer).summary()).isEqualTo("202"));
        assertThat(gateway.buy(sale, buyer).header("Location")).isEqualTo(location);
        assertThat(Gateway.queued(broker, sale)).isEqualTo(1);
    }

    @Test
    void shedsAtOnceWithoutABroker(RabbitMq rabbitMq, Broker broker) {
        UUID sale = open(broker);
        rabbitMq.kill();
        try {
            await("the gateway notices")
                    .atMost(BACK)
                    .untilAsserted(
                            () -> assertThat(gateway.buy(sale, buyer).summary()).isEqualTo("503 shed"));
            long begun = System.nanoTime();
            assertThat(gateway.buy(sale, UUID.randomUUID()).summary()).isEqualTo("503 shed");
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(FAST);
            await().atMost(BACK).until(() -> health("rabbit").equals("DOWN"));
        } finally {
            rabbitMq.start();
        }
        await().atMost(BACK).until(() -> health("rabbit").equals("UP"));
        await().atMost(BACK)
                .untilAsserted(
                        () -> assertThat(gateway.buy(sale, buyer).summary()).isEqualTo("202"));
    }

    @Test
    void sellsOnWhenTheConnectionThatItPublishesByBreaksAlone(Broker broker) {
        UUID sale = open(broker);
        assertThat(gateway.buy(sale, buyer).summary()).isEqualTo("202");

        ConnectionFactory publishing = connections.getPublisherConnectionFactory();
        assertThat(publishing).isNotNull();
        publishing.createConnection().getDelegate().abort();

        UUID next = UUID.randomUUID();
        await().atMost(BACK)
                .untilAsserted(
                        () -> assertThat(gateway.buy(sale, next).summary()).isEqualTo("202"));
        assertThat(Gateway.queued(broker, sale)).isEqualTo(2);
    }

    @Test
    void saysUnavailableFastWhenRedisHangsAndLosesNoUnit(Redis redis, Broker broker) {
        UUID sale = open(broker);
        redis.freeze();
        try {
            long begun = System.nanoTime();
            Gateway.Answer answer = gateway.buy(sale, buyer);
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(FAST);
            assertThat(answer.summary()).isEqualTo("503 unavailable");
            assertThat(answer.header("Retry-After")).isEqualTo("1");
            await().atMost(BACK).until(() -> health("redis").equals("DOWN"));
        } finally {
            redis.thaw();
        }
        await().atMost(BACK).until(() -> health("redis").equals("UP"));

        // the script has run by now, unheard, and so has its release
        await().atMost(BACK)
                .untilAsserted(
                        () -> assertThat(gateway.buy(sale, buyer).summary()).isEqualTo("202"));
        assertThat(Gateway.queued(broker, sale)).isEqualTo(1);
    }

    /** What Redis answers late is gone on with by another thread than the request's. */
    @Test
    void queuesWithTheTraceOfTheRequestHoweverLateRedisAnswers(Redis redis, Broker broker) {
        UUID sale = open(broker);
        String trace = UUID.randomUUID().toString().replace("-", "");
        CompletableFuture<Gateway.Answer> answer;
        redis.freeze();
        try {
            answer = gateway.buying(sale, buyer, "00-" + trace + "-b7ad6b7169203331-01");
            await().until(() -> requests() == 1);
        } finally {
            redis.thaw();
        }

        assertThat(answer.join().summary()).isEqualTo("202");
        assertThat(Gateway.take(broker, properties -> properties.getMessageId().startsWith(sale.toString()))
                        .orElseThrow()
                        .getProps()
                        .getHeaders()
                        .get("traceparent"))
                .asString()
                .contains(trace);
    }

    @Test
    void holdsNoThreadForRedis(Redis redis, Broker broker) {
        servesOthersWhileMoreWaitThanThereAreThreads(broker, redis::freeze, redis::thaw);
    }

    @Test
    void holdsNoThreadForTheBroker(RabbitMq rabbitMq, Broker broker) {
        servesOthersWhileMoreWaitThanThereAreThreads(broker, rabbitMq::freeze, rabbitMq::thaw);
    }

    private void servesOthersWhileMoreWaitThanThereAreThreads(Broker broker, Runnable freeze, Runnable thaw) {
        int threads = environment.getRequiredProperty("server.tomcat.threads.max", Integer.class);
        int more = 4 * threads;
        UUID sale = open(broker, more);
        List<CompletableFuture<Gateway.Answer>> waiting;
        freeze.run();
        try {
            waiting = IntStream.range(0, more)
                    .mapToObj(number -> gateway.buying(sale, UUID.randomUUID()))
                    .toList();
            await().atMost(FAST).pollInterval(Duration.ofMillis(10)).until(() -> requests() == more);
            assertThat(gateway.getting("/no-such-page", buyer)).succeedsWithin(Duration.ofSeconds(1));
            List<CompletableFuture<Gateway.Answer>> probes = IntStream.range(0, 2 * threads)
                    .mapToObj(number -> gateway.getting("/actuator/health/readiness", ""))
                    .toList();
            assertThat(gateway.get("/no-such-page", buyer).status()).isEqualTo(404);
            assertThat(waiting)
                    .as("purchases that still wait")
                    .filteredOn(answer -> !answer.isDone())
                    .hasSizeGreaterThan(threads);
            assertThat(probes).allSatisfy(probe -> assertThat(probe).succeedsWithin(FAST));
        } finally {
            thaw.run();
        }
        assertThat(waiting).allSatisfy(answer -> assertThat(answer).succeedsWithin(FAST));
        assertThat(waiting).extracting(answer -> answer.join().status()).isSubsetOf(202, 503);
    }

    /** How many are being answered now. */
    private int requests() {
        return metrics.find("http.server.requests.active").longTaskTimers().stream()
                .mapToInt(LongTaskTimer::activeTasks)
                .sum();
    }

    @Test
    void saysUnavailableWithoutRedisAndKnowsItsTicketsAfterwards(Redis redis, Broker broker) {
        UUID sale = open(broker);
        String location = gateway.buy(sale, buyer).header("Location");
        redis.stop(); // killed, it could lose its last second, and so this ticket
        try {
            await().atMost(BACK)
                    .untilAsserted(
                            () -> assertThat(gateway.buy(sale, buyer).summary()).isEqualTo("503 unavailable"));
            assertThat(gateway.get("/sales/" + sale, "").summary()).isEqualTo("503 unavailable");
            assertThat(gateway.get(location, buyer).summary()).isEqualTo("503 unavailable");
            assertThat(gateway.get("/actuator/health/liveness", "").status()).isEqualTo(200);
        } finally {
            redis.start();
        }
        await().atMost(BACK)
                .untilAsserted(() ->
                        assertThat(gateway.buy(sale, buyer).header("Location")).isEqualTo(location));
    }

    private String health(String server) {
        return gateway.get("/actuator/health/readiness", "")
                .body()
                .at("/components/" + server + "/status")
                .asString();
    }

    private UUID open(Broker broker) {
        return open(broker, 5);
    }

    private UUID open(Broker broker, int units) {
        Instant opened = Instant.now().minusSeconds(60);
        UUID sale = gateway.announced(broker, units, opened, opened.plusSeconds(3600));
        await().atMost(BACK).until(() -> gateway.get("/sales/" + sale, "").status() == 200);
        return sale;
    }
}
