package shop.seckill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.GetResponse;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import shop.events.RecountCommand;
import shop.messaging.Ids;
import shop.playground.servers.Broker;
import shop.playground.servers.Redis;
import shop.seckill.sale.SaleKeys;

/** Redis without what it knew. */
@GatewayTest
class RecountIT {
    private static final String QUEUE = "seckill.purchases";

    private final Instant opened = Instant.now().minusSeconds(60).truncatedTo(ChronoUnit.MILLIS);
    private final Instant closes = opened.plusSeconds(3600);
    private final UUID buyer = UUID.randomUUID();

    @Autowired
    private Gateway gateway;

    @BeforeEach
    void emptyQueue(Broker broker) {
        gateway.settleIn(broker);
    }

    @Test
    void countsASaleThatRedisLostBeforeItSellsOn(Broker broker, Redis redis) {
        UUID sale = open(broker, 5);
        lose(redis, sale);

        Gateway.Answer answer = gateway.buy(sale, buyer);

        assertThat(answer.summary()).isEqualTo("503 recounting");
        assertThat(answer.header("Retry-After")).isEqualTo("1");
        assertThat(gateway.get("/sales/" + sale, "").summary()).isEqualTo("503 recounting");
        RecountCommand question = awaitQuestion(broker);
        assertThat(question.sale()).isEqualTo(sale);

        gateway.counted(broker, sale, opened, closes, 9, 2, Ids.next());
        gateway.counted(broker, sale, opened, closes, 2, 7, question.marker());
        awaitSold(sale);
        assertThat(gateway.get("/sales/" + sale, "").body().get("left").asInt()).isEqualTo(2);
    }

    @Test
    void noticesTheLossWithoutAnybodyAsking(Broker broker, Redis redis) {
        UUID sale = open(broker, 5);

        lose(redis, sale);

        RecountCommand question = awaitQuestion(broker);
        assertThat(question.sale()).isEqualTo(sale);
        gateway.counted(broker, sale, opened, closes, 5, 1, question.marker());
        awaitSold(sale);
    }

    @Test
    void asksAgainWhenTheQueueWasFull(Broker broker, Redis redis) {
        UUID sale = open(broker, 5);
        Gateway.fillQueue(broker);
        lose(redis, sale);
        await().until(() -> gateway.buy(sale, buyer).summary().equals("503 recounting"));

        broker.purge(QUEUE);

        RecountCommand question = awaitQuestion(broker);
        gateway.counted(broker, sale, opened, closes, 5, 1, question.marker());
        awaitSold(sale);
    }

    @Test
    void asksWhichSalesThereAreWhenNobodyKnows(Broker broker, Redis redis) {
        redis.command("DEL", "seckill:asked");
        UUID sale = Ids.next();

        assertThat(gateway.buy(sale, buyer).summary()).isEqualTo("503 recounting");
        RecountCommand all = awaitQuestion(broker);
        assertThat(all.sale()).isNull();

        gateway.counted(broker, sale, opened, closes, 5, 3, all.marker());
        RecountCommand one = awaitQuestion(broker);
        assertThat(one.sale())
                .as("the answer only says that there is such a sale")
                .isEqualTo(sale);
        gateway.counted(broker, sale, opened, closes, 4, 4, one.marker());
        awaitSold(sale);
        await("what is not told of does not exist")
                .until(() -> gateway.buy(UUID.randomUUID(), buyer).summary().equals("404 not-found"));
    }

    private static void lose(Redis redis, UUID sale) {
        SaleKeys keys = SaleKeys.of(sale);
        redis.command("DEL", keys.sale(), keys.buyers(), keys.pending());
    }

    private void awaitSold(UUID sale) {
        await().until(() -> gateway.buy(sale, buyer).status() == 202);
    }

    private RecountCommand awaitQuestion(Broker broker) {
        GetResponse message = await().until(
                        () -> Gateway.take(broker, properties -> "sale.recount".equals(properties.getType())),
                        Optional::isPresent)
                .orElseThrow();
        return gateway.recount(message.getBody());
    }

    private UUID open(Broker broker, int left) {
        UUID sale = gateway.announced(broker, left, opened, closes);
        await().until(() -> gateway.get("/sales/" + sale, "").status() == 200);
        return sale;
    }
}
