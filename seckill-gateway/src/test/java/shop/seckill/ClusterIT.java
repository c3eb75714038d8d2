package shop.seckill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Import;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import shop.events.OrderedTicket;
import shop.events.RecountCommand;
import shop.messaging.Ids;
import shop.playground.servers.Broker;
import shop.playground.servers.Kind;
import shop.playground.servers.Redis;
import shop.playground.servers.WithServers;

/** A Redis Cluster refuses a script that touches two hash slots. Nothing else is set up for one but where it is. */
@WithServers(Kind.RABBITMQ)
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "seckill.max-queue-length=" + GatewayTest.CAP,
            "seckill.reconcile-after=2s",
            "spring.data.redis.timeout=3s"
        })
@Import({Tokens.class, Gateway.class})
@DirtiesContext // its Redis goes
class ClusterIT {
    private static final Redis CLUSTER = Redis.startCluster();
    private static final String QUEUE = "seckill.purchases";

    private final Instant opens = Instant.now().minusSeconds(1).truncatedTo(ChronoUnit.MILLIS);
    private final Instant closes = opens.plus(Duration.ofHours(1));

    @Autowired
    private Gateway gateway;

    @DynamicPropertySource
    static void redis(DynamicPropertyRegistry properties) {
        properties.add("spring.data.redis.cluster.nodes", () -> CLUSTER.host() + ":" + CLUSTER.port());
    }

    @AfterAll
    static void end() {
        CLUSTER.close();
    }

    @Test
    void everyScriptRunsInACluster(Broker broker) {
        await().atMost(Duration.ofSeconds(60))
                .until(() -> gateway.get("/actuator/health/readiness", "").status() == 200);
        gateway.settleIn(broker);
        UUID sale = gateway.announced(broker, 3, opens, closes);
        UUID ada = UUID.randomUUID();
        UUID eve = UUID.randomUUID();
        await().until(() -> gateway.get("/sales/" + sale, "").status() == 200);

        String ordered = gateway.buy(sale, ada).body().get("ticket").asString();
        String together = gateway.buy(sale, eve).body().get("ticket").asString();
        gateway.ordered(
                broker,
                List.of(new OrderedTicket(ordered, ada, Ids.next()), new OrderedTicket(together, eve, Ids.next())),
                1,
                2);
        await().until(() -> state(ordered, ada).equals("ORDERED"));
        await().until(() -> state(together, eve).equals("ORDERED"));

        UUID bob = UUID.randomUUID();
        String lost = gateway.buy(sale, bob).body().get("ticket").asString();
        broker.purge(QUEUE);
        await("the reconciler publishes it again")
                .atMost(Duration.ofSeconds(30))
                .until(() -> Gateway.queued(broker, sale) == 1);
        gateway.refused(broker, lost, bob, "SOLD_OUT", 0, 3);
        await().until(() -> state(lost, bob).equals("REFUSED"));
        await().until(() -> gateway.buy(sale, bob).summary().equals("410 sold-out"));

        Gateway.fillQueue(broker);
        UUID more = gateway.announced(broker, 1, opens, closes);
        await().until(() -> gateway.buy(more, bob).summary().equals("503 shed"));
        broker.purge(QUEUE);
        await("the unit is free again").until(() -> gateway.buy(more, ada).status() == 202);

        broker.purge(QUEUE);
        CLUSTER.command("FLUSHALL");
        RecountCommand question = await().atMost(Duration.ofSeconds(30))
                .ignoreExceptions()
                .until(
                        () -> gateway.recount(broker.take(QUEUE).orElseThrow().getBody()),
                        asked -> sale.equals(asked.sale()));
        gateway.counted(broker, sale, opens, closes, 1, 4, question.marker());
        await().until(() -> gateway.buy(sale, UUID.randomUUID()).status() == 202);
    }

    private String state(String ticket, UUID buyer) {
        assertThat(gateway.get("/purchases/" + ticket, buyer).status()).isEqualTo(200);
        return gateway.get("/purchases/" + ticket, buyer).body().get("state").asString();
    }
}
