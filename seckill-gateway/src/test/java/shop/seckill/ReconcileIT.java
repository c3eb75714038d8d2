package shop.seckill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.GetResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import shop.events.PurchaseCommand;
import shop.messaging.Ids;
import shop.playground.servers.Broker;
import shop.playground.servers.Redis;
import shop.seckill.redis.Script;
import shop.seckill.sale.SaleKeys;

/** What was admitted or queued and then heard of no more. */
@GatewayTest
class ReconcileIT {
    private static final String QUEUE = "seckill.purchases";
    private static final Duration ROUNDS = Duration.ofSeconds(3); // a few of them

    private final UUID buyer = UUID.randomUUID();

    @Autowired
    private Gateway gateway;

    @Autowired
    private shop.seckill.redis.Redis scripts;

    @BeforeEach
    void emptyQueue(Broker broker) {
        gateway.settleIn(broker);
    }

    @Test
    void publishesWhatAGatewayAdmittedBeforeItDied(Broker broker) {
        UUID sale = open(broker, 1);
        String ticket = admittedElsewhere(sale);

        PurchaseCommand command = awaitPurchase(broker);

        assertThat(command.ticket()).isEqualTo(ticket);
        assertThat(command.buyer()).isEqualTo(buyer);
        assertThat(command.attempt()).isEqualTo(2);
        await().untilAsserted(() -> assertThat(state(ticket)).isEqualTo("QUEUED"));
        assertThat(gateway.buy(sale, buyer).header("Location")).isEqualTo("/purchases/" + ticket);

        UUID order = UUID.randomUUID();
        gateway.ordered(broker, ticket, buyer, order, 0, 2);
        await().untilAsserted(() -> assertThat(state(ticket)).isEqualTo("ORDERED"));
    }

    @Test
    void keepsWhatTheBrokerRefusesAtALaterAttemptAndTriesAgain(Broker broker, Redis redis) {
        UUID sale = open(broker, 1);
        Gateway.fillQueue(broker);

        String ticket = admittedElsewhere(sale);
        await().until(() -> attempt(redis, ticket).equals("2"));

        await().during(ROUNDS)
                .atMost(ROUNDS.multipliedBy(3))
                .until(() -> state(ticket).equals("ADMITTED"));
        broker.purge(QUEUE);
        timeComes(redis, ticket);
        assertThat(awaitPurchase(broker).attempt()).isEqualTo(3);
        await().untilAsserted(() -> assertThat(state(ticket)).isEqualTo("QUEUED"));
    }

    @Test
    void addsNothingToAQueueThatIsNotEmptyAndPublishesAgainWhatLeftItWithoutAnOutcome(Broker broker, Redis redis) {
        UUID sale = open(broker, 2);
        String ticket = ticket(sale, buyer);
        timeComes(redis, ticket);

        await().during(ROUNDS).atMost(ROUNDS.multipliedBy(3)).until(() -> broker.ready(QUEUE) == 1);
        assertThat(awaitPurchase(broker).attempt()).isEqualTo(1);

        PurchaseCommand again = awaitPurchase(broker);
        assertThat(again.ticket()).isEqualTo(ticket);
        assertThat(again.attempt()).isEqualTo(2);
        await("not once more, for longer and longer")
                .during(ROUNDS)
                .atMost(ROUNDS.multipliedBy(3))
                .until(() -> broker.ready(QUEUE) == 0);
    }

    @Test
    void hearsOnceMoreWhatRedisLostOfAnOutcome(Broker broker, Redis redis) {
        UUID sale = open(broker, 3);
        UUID order = UUID.randomUUID();
        UUID bob = UUID.randomUUID();
        UUID eve = UUID.randomUUID();
        String adas = ticket(sale, buyer);
        String bobs = ticket(sale, bob);
        String eves = ticket(sale, eve);
        redis.command("DEL", SaleKeys.ticket(sale, UUID.fromString(eves.substring(37))));

        gateway.settledBefore(broker, adas, buyer, order, false, 2, 4);
        gateway.refusedBefore(broker, bobs, bob, "ALREADY_BOUGHT", 2, 4);
        gateway.settledBefore(broker, eves, eve, UUID.randomUUID(), true, 2, 4);

        await().untilAsserted(() -> assertThat(state(adas)).isEqualTo("ORDERED"));
        await().until(() -> redis.command("ZCARD", SaleKeys.of(sale).pending()), "0"::equals);
        assertThat(gateway.get("/purchases/" + adas, buyer).body().path("order").asString())
                .isEqualTo(order.toString());
        assertThat(gateway.get("/purchases/" + bobs, bob).body().path("reason").asString())
                .isEqualTo("ALREADY_BOUGHT");
        assertThat(gateway.buy(sale, buyer).header("Location")).isEqualTo("/purchases/" + adas);
        assertThat(gateway.get("/purchases/" + eves, eve).status())
                .as("it is hers again")
                .isEqualTo(200);
        assertThat(ticket(sale, eve)).as("a cancelled order frees its buyer").isNotEqualTo(eves);
        assertThat(gateway.get("/sales/" + sale, "").body().get("left").asInt()).isEqualTo(2);
    }

    private String ticket(UUID sale, UUID who) {
        return gateway.buy(sale, who).header("Location").substring("/purchases/".length());
    }

    /** A gateway ran the script, and no more; the time for the others to look at it comes at once. */
    private String admittedElsewhere(UUID sale) {
        UUID id = Ids.next();
        SaleKeys keys = SaleKeys.of(sale);
        String ticket = sale + "." + id;
        List<String> answer = scripts.run(
                        Script.named("admit"),
                        List.of(keys.sale(), keys.buyers(), keys.pending(), SaleKeys.ticket(sale, id)),
                        ticket,
                        buyer.toString(),
                        "60000",
                        "1")
                .join();
        assertThat(answer).containsExactly("ADMITTED");
        return ticket;
    }

    private static void timeComes(Redis redis, String ticket) {
        String pending = SaleKeys.of(Gateway.sale(ticket)).pending();
        boolean queued = redis.command("ZSCORE", pending, ticket).startsWith("-");
        redis.command("ZADD", pending, queued ? "-1" : "1", ticket);
    }

    private static String attempt(Redis redis, String ticket) {
        UUID sale = Gateway.sale(ticket);
        return redis.command("HGET", SaleKeys.ticket(sale, UUID.fromString(ticket.substring(37))), "attempt");
    }

    private PurchaseCommand awaitPurchase(Broker broker) {
        GetResponse message =
                await().until(() -> broker.take(QUEUE), Optional::isPresent).orElseThrow();
        return gateway.command(message.getBody());
    }

    private UUID open(Broker broker, int left) {
        Instant opened = Instant.now().minusSeconds(60);
        UUID sale = gateway.announced(broker, left, opened, opened.plusSeconds(3600));
        await().until(() -> gateway.get("/sales/" + sale, "").status() == 200);
        return sale;
    }

    private String state(String ticket) {
        return gateway.get("/purchases/" + ticket, buyer).body().path("state").asString("");
    }
}
