package shop.seckill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import shop.events.OpenSale;
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
        RecountCommand question = awaitQuestion(broker, sale);

        gateway.counted(broker, sale, opened, closes, 9, 2, Ids.next());
        gateway.counted(broker, sale, opened, closes, 2, 7, question.marker());
        awaitSold(sale);
        assertThat(gateway.get("/sales/" + sale, "").body().get("left").asInt()).isEqualTo(2);
    }

    @Test
    void noticesTheLossWithoutAnybodyAsking(Broker broker, Redis redis) {
        UUID sale = open(broker, 5);

        lose(redis, sale);

        RecountCommand question = awaitQuestion(broker, sale);
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

        RecountCommand question = awaitQuestion(broker, sale);
        gateway.counted(broker, sale, opened, closes, 5, 1, question.marker());
        awaitSold(sale);
    }

    @Test
    void asksWhichSalesThereAreWhenNobodyKnows(Broker broker, Redis redis) {
        redis.command("DEL", "seckill:{sales}:asked");
        UUID sale = Ids.next();

        assertThat(gateway.buy(sale, buyer).summary()).isEqualTo("503 recounting");
        RecountCommand all = awaitQuestion(broker, null);

        assertThat(gateway.get("/sales/" + sale, "").summary())
                .as("for as long as there is no answer")
                .isEqualTo("503 recounting");

        gateway.listed(broker, List.of(new OpenSale(sale, closes)), all.marker());
        RecountCommand one = awaitQuestion(broker, sale); // the answer only says that there is such a sale
        gateway.counted(broker, sale, opened, closes, 4, 4, one.marker());
        awaitSold(sale);
        await("what is not listed does not exist")
                .until(() -> gateway.buy(UUID.randomUUID(), buyer).summary().equals("404 not-found"));
    }

    @Test
    void takesOnlyTheAnswerToTheQuestionWhichSalesThereAre(Broker broker, Redis redis) {
        redis.command("DEL", "seckill:{sales}:asked");
        assertThat(gateway.buy(Ids.next(), buyer).summary()).isEqualTo("503 recounting");
        RecountCommand all = awaitQuestion(broker, null);
        UUID sale = Ids.next();

        gateway.listed(broker, List.of(new OpenSale(sale, closes)), Ids.next());

        await().until(
                        () -> redis.command("ZSCORE", "seckill:{sales}:index", sale.toString()),
                        score -> !score.isEmpty());
        assertThat(gateway.buy(Ids.next(), buyer).summary())
                .as("it is an answer from before the data was lost")
                .isEqualTo("503 recounting");
        gateway.listed(broker, List.of(new OpenSale(sale, closes)), all.marker());
        await().until(() -> gateway.buy(Ids.next(), buyer).summary().equals("404 not-found"));
    }

    private static void lose(Redis redis, UUID sale) {
        SaleKeys keys = SaleKeys.of(sale);
        redis.command("DEL", keys.sale(), keys.buyers(), keys.pending());
    }

    private void awaitSold(UUID sale) {
        await().until(() -> gateway.buy(sale, buyer).status() == 202);
    }

    /** The next question about this sale, or about which there are; those about the sales of other tests are passed over. */
    private RecountCommand awaitQuestion(Broker broker, @Nullable UUID sale) {
        return await().until(
                        () -> Gateway.take(broker, properties -> RecountCommand.KEY.equals(properties.getType()))
                                .map(message -> gateway.recount(message.getBody()))
                                .filter(question -> Objects.equals(question.sale(), sale)),
                        Optional::isPresent)
                .orElseThrow();
    }

    private UUID open(Broker broker, int left) {
        UUID sale = gateway.announced(broker, left, opened, closes);
        await().until(() -> gateway.get("/sales/" + sale, "").status() == 200);
        return sale;
    }
}
