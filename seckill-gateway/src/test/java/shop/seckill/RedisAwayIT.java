package shop.seckill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.TestPropertySource;
import shop.playground.servers.Broker;
import shop.playground.servers.Redis;

/** Retries last three seconds here; Redis is away for longer, while outcomes come. */
@GatewayTest
@TestPropertySource(
        properties = {"messaging.retry.delays=1s,1s,1s", "messaging.breaker.pause=1s", "spring.data.redis.timeout=200ms"
        })
@DirtiesContext
class RedisAwayIT {
    private static final int TICKETS = GatewayTest.ROOM;
    private static final Duration OUTAGE = Duration.ofSeconds(6);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Autowired
    private Gateway gateway;

    @BeforeEach
    void emptyQueue(Broker broker) {
        gateway.settleIn(broker);
    }

    @Test
    void parksNoOutcomeWhenRedisIsDead(Broker broker, Redis redis) {
        everyTicketIsSettledAfter(redis, Redis::kill, Redis::start, broker);
    }

    @Test
    void parksNoOutcomeWhenRedisHangs(Broker broker, Redis redis) {
        everyTicketIsSettledAfter(redis, Redis::freeze, Redis::thaw, broker);
    }

    private void everyTicketIsSettledAfter(Redis redis, Consumer<Redis> harm, Consumer<Redis> cure, Broker broker) {
        Instant opened = Instant.now().minusSeconds(60);
        UUID sale = gateway.announced(broker, TICKETS, opened, opened.plusSeconds(3600));
        await().until(() -> gateway.get("/sales/" + sale, "").status() == 200);
        Map<String, UUID> buyers = new LinkedHashMap<>();
        for (int number = 0; number < TICKETS; number++) {
            UUID buyer = UUID.randomUUID();
            buyers.put(gateway.buy(sale, buyer).header("Location").substring("/purchases/".length()), buyer);
        }

        Instant begin = Instant.now();
        harm.accept(redis);
        try {
            int left = TICKETS;
            for (Map.Entry<String, UUID> ticket : buyers.entrySet()) {
                left--;
                gateway.ordered(
                        broker, ticket.getKey(), ticket.getValue(), UUID.randomUUID(), left, TICKETS - left + 1L);
            }
            await("it pauses").atMost(PATIENCE).until(() -> broker.consumers("seckill.events") == 0);
            await().atMost(PATIENCE).until(() -> Instant.now().isAfter(begin.plus(OUTAGE)));
        } finally {
            cure.accept(redis);
        }

        buyers.forEach((ticket, buyer) -> await().atMost(PATIENCE)
                .until(() -> gateway.get("/purchases/" + ticket, buyer)
                        .body()
                        .path("state")
                        .asString("")
                        .equals("ORDERED")));
        await().atMost(PATIENCE).until(() -> broker.consumers("seckill.events") == 1);
        assertThat(broker.ready("seckill.events.parked")).isZero();
        assertThat(gateway.get("/sales/" + sale, "").body().get("left").asInt()).isZero();
    }
}
