package shop.seckill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.GetResponse;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.amqp.rabbit.connection.CachingConnectionFactory;
import org.springframework.amqp.rabbit.connection.ChannelListener;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.core.env.Environment;
import shop.events.Event;
import shop.events.OrderedTicket;
import shop.events.PurchaseCommand;
import shop.events.SaleAnnounced;
import shop.playground.servers.Broker;
import shop.seckill.redis.Redis;
import shop.seckill.redis.Script;
import shop.seckill.sale.SaleKeys;
import tools.jackson.databind.JsonNode;

@GatewayTest
class GatewayIT {
    private static final String QUEUE = "seckill.purchases";
    private static final Duration SOON = Duration.ofSeconds(10); // well under the longest wait

    private final Instant opened = Instant.now().minusSeconds(60).truncatedTo(ChronoUnit.MILLIS);
    private final Instant closes = opened.plusSeconds(3600);
    private final UUID buyer = UUID.randomUUID();

    @Autowired
    private Gateway gateway;

    @Autowired
    private MeterRegistry metrics;

    @Autowired
    private Redis redis;

    @Autowired
    private Environment environment;

    @Autowired
    private ConnectionFactory connections;

    @BeforeEach
    void emptyQueue(Broker broker) {
        gateway.settleIn(broker);
    }

    @Test
    void queuesWhomItAdmits(Broker broker) {
        UUID sale = open(broker, 3);

        Gateway.Answer answer = gateway.buy(sale, buyer);

        String ticket = answer.body().get("ticket").asString();
        assertThat(answer.status()).isEqualTo(202);
        assertThat(answer.header("Location")).isEqualTo("/purchases/" + ticket);
        assertThat(answer.body().get("state").asString()).isEqualTo("QUEUED");
        assertThat(answer.body().get("sale").asString()).isEqualTo(sale.toString());
        GetResponse message = Gateway.take(
                        broker, properties -> properties.getMessageId().startsWith(sale.toString()))
                .orElseThrow();
        PurchaseCommand command = gateway.command(message.getBody());
        assertThat(command.ticket()).isEqualTo(ticket);
        assertThat(command.buyer()).isEqualTo(buyer);
        assertThat(command.sale()).isEqualTo(sale);
        assertThat(command.attempt()).isEqualTo(1);
        assertThat(message.getProps().getMessageId()).isEqualTo(ticket);
        assertThat(message.getProps().getType()).isEqualTo("purchase");
        assertThat(message.getProps().getDeliveryMode()).isEqualTo(2);
        assertThat(state(ticket)).isEqualTo("QUEUED");
    }

    /** It is written past Spring's own way of answering later. */
    @Test
    void answersAPurchaseAsAnyOtherRequest(Broker broker) {
        UUID sale = open(broker, 1);

        Gateway.Answer accepted = gateway.buy(sale, buyer);
        Gateway.Answer refused = gateway.buy(sale, UUID.randomUUID());
        Gateway.Answer shown = gateway.get("/sales/" + sale, "");

        assertThat(accepted.status()).isEqualTo(202);
        assertThat(accepted.header("Content-Type")).isEqualTo("application/json");
        assertThat(refused.summary()).isEqualTo("503 spoken-for");
        assertThat(refused.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(refused.header("Retry-After")).isEqualTo("1");
        assertThat(refused.body().get("instance").asString()).isEqualTo("/sales/" + sale + "/purchases");
        for (String name : List.of("X-Content-Type-Options", "X-Frame-Options", "Cache-Control")) {
            assertThat(List.of(accepted.header(name), refused.header(name)))
                    .as(name)
                    .containsOnly(shown.header(name));
        }
        await().untilAsserted(() -> assertThat(metrics.get("http.server.requests")
                        .tags("uri", "/sales/{sale}/purchases", "status", "202")
                        .timer()
                        .count())
                .isPositive());
    }

    @Test
    void queuesManyAtATimeOnOneChannel(Broker broker) {
        UUID sale = open(broker, GatewayTest.ROOM);
        AtomicInteger opened = new AtomicInteger();
        ChannelListener counting = (channel, transactional) -> opened.incrementAndGet();
        CachingConnectionFactory publishing = (CachingConnectionFactory) connections.getPublisherConnectionFactory();
        publishing.resetConnection(); // and the channels that other tests left
        publishing.addChannelListener(counting);

        List<CompletableFuture<Gateway.Answer>> clicks = IntStream.range(0, GatewayTest.ROOM)
                .mapToObj(click -> gateway.buying(sale, UUID.randomUUID()))
                .toList();

        assertThat(clicks).extracting(click -> click.join().summary()).containsOnly("202");
        assertThat(opened).hasValue(1);
        assertThat(Gateway.queued(broker, sale)).isEqualTo(GatewayTest.ROOM);
    }

    @Test
    void showsTheSaleToEverybody(Broker broker) {
        UUID sale = open(broker, 3);

        Gateway.Answer answer = gateway.get("/sales/" + sale, "");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body().toString())
                .isEqualTo(
                        "{\"id\":\"%s\",\"opens\":\"%s\",\"closes\":\"%s\",\"price\":{\"amount\":1999,\"currency\":\"EUR\"},\"left\":3}"
                                .formatted(sale, opened, closes));
    }

    @Test
    void givesOneTicketToABuyerWhoClicksAHundredTimes(Broker broker) {
        UUID sale = open(broker, 50);

        List<CompletableFuture<Gateway.Answer>> clicks = IntStream.range(0, 100)
                .mapToObj(click -> gateway.buying(sale, buyer))
                .toList();

        // who asks while the first click is on its way to the queue is told to ask again
        assertThat(clicks).extracting(click -> click.join().summary()).isSubsetOf("202", "503 unconfirmed");
        assertThat(clicks)
                .extracting(click -> click.join().header("Location"))
                .containsOnly(gateway.buy(sale, buyer).header("Location"));
        assertThat(Gateway.queued(broker, sale)).isEqualTo(1);
    }

    @Test
    void shedsWhatTheQueueCannotHoldAndTakesItLater(Broker broker) {
        int units = GatewayTest.CAP + 1;
        UUID sale = open(broker, units);
        double shed = counted("shed");
        int sold = 0;
        UUID next = UUID.randomUUID();

        Gateway.Answer answer = gateway.buy(sale, next);
        while (answer.summary().equals("202")) {
            sold++;
            next = UUID.randomUUID();
            answer = gateway.buy(sale, next);
        }

        assertThat(answer.summary()).isEqualTo("503 shed");
        assertThat(broker.ready(QUEUE)).isEqualTo(GatewayTest.CAP);
        assertThat(sold).as("the rest are questions").isBetween(GatewayTest.ROOM, GatewayTest.CAP);
        assertThat(Gateway.queued(broker, sale)).isEqualTo(sold);
        assertThat(answer.header("Retry-After")).isEqualTo("1");
        assertThat(answer.header("Location")).isEmpty();
        assertThat(counted("shed")).isEqualTo(shed + 1);
        broker.purge(QUEUE);
        for (; sold < units; sold++) {
            assertThat(gateway.buy(sale, next).summary())
                    .as("the unit was released")
                    .isEqualTo("202");
            next = UUID.randomUUID();
        }
        assertThat(gateway.buy(sale, next).summary()).isEqualTo("503 spoken-for");
    }

    @Test
    void saysSoldOutOnceTheLastUnitHasItsOrder(Broker broker) {
        UUID sale = open(broker, 1);
        String location = gateway.buy(sale, buyer).header("Location");
        UUID late = UUID.randomUUID();

        Gateway.Answer early = gateway.buy(sale, late);
        assertThat(early.summary()).as("a promised unit may come free").isEqualTo("503 spoken-for");
        assertThat(early.header("Retry-After")).isEqualTo("1");
        assertThat(early.header("Location")).isEmpty();
        gateway.ordered(broker, location.substring("/purchases/".length()), buyer, UUID.randomUUID(), 0, 2);
        await().untilAsserted(
                        () -> assertThat(gateway.buy(sale, late).summary()).isEqualTo("410 sold-out"));

        Gateway.Answer flagged = gateway.buy(sale, buyer);
        assertThat(flagged.summary()).isEqualTo("410 sold-out");
        String own = "/sales/" + sale + "/purchases";
        assertThat(flagged.header("Link")).isEqualTo("<%s>; rel=\"related\"".formatted(own));
        assertThat(flagged.body().get("purchase").asString()).isEqualTo(own);
        assertThat(gateway.get(own, buyer).body())
                .isEqualTo(gateway.get(location, buyer).body());
        assertThat(gateway.get(own, late).summary()).isEqualTo("404 not-found");
        await("the flag lives for a second")
                .untilAsserted(
                        () -> assertThat(gateway.buy(sale, buyer).summary()).isEqualTo("202"));
    }

    @Test
    void sellsAgainWhatWasRefusedOrCancelled(Broker broker) {
        UUID sale = open(broker, 1);
        String first = ticket(gateway.buy(sale, buyer));
        gateway.refused(broker, first, buyer, "UNKNOWN_BUYER", 1, 2);
        await().untilAsserted(() -> assertThat(state(first)).isEqualTo("REFUSED"));

        String second = ticket(gateway.buy(sale, buyer));
        UUID order = UUID.randomUUID();
        gateway.ordered(broker, second, buyer, order, 0, 3);
        await().untilAsserted(() -> assertThat(state(second)).isEqualTo("ORDERED"));
        assertThat(gateway.get("/purchases/" + second, buyer)
                        .body()
                        .get("order")
                        .asString())
                .isEqualTo(order.toString());
        assertThat(gateway.buy(sale, buyer).header("Location")).isEqualTo("/purchases/" + second);

        gateway.cancelled(broker, second, order, 1, 4);
        await().untilAsserted(() -> assertThat(ticket(gateway.buy(sale, buyer))).isNotIn(first, second));
    }

    @Test
    void tellsWhyARefusalIs(Broker broker) {
        String ticket = ticket(gateway.buy(open(broker, 1), buyer));

        gateway.refused(broker, ticket, buyer, "ALREADY_BOUGHT", 1, 2);

        await().untilAsserted(() -> assertThat(gateway.get("/purchases/" + ticket, buyer)
                        .body()
                        .get("reason")
                        .asString())
                .isEqualTo("ALREADY_BOUGHT"));
    }

    @Test
    void opensAndClosesOnTime(Broker broker) {
        UUID later = known(gateway.announced(broker, 5, closes, closes.plusSeconds(60)));
        Gateway.Answer early = gateway.buy(later, buyer);
        assertThat(early.summary()).isEqualTo("409 sale-not-open");
        assertThat(early.body().get("opens").asString()).isEqualTo(closes.toString());

        UUID past = known(gateway.announced(broker, 5, opened, opened.plusSeconds(1)));
        assertThat(gateway.buy(past, buyer).summary()).isEqualTo("410 sale-closed");

        assertThat(gateway.buy(UUID.randomUUID(), buyer).summary()).isEqualTo("404 not-found");
        assertThat(gateway.get("/sales/" + UUID.randomUUID(), "").summary()).isEqualTo("404 not-found");
    }

    @Test
    void closesWhenTheOrderServiceSaysSo(Broker broker) {
        UUID sale = open(broker, 5);

        gateway.closed(broker, sale, opened, closes, 2);

        await().untilAsserted(() ->
                assertThat(gateway.buy(sale, UUID.randomUUID()).summary()).isEqualTo("410 sale-closed"));
    }

    @Test
    void showsATicketToItsBuyerAlone(Broker broker) {
        String ticket = ticket(gateway.buy(open(broker, 5), buyer));

        assertThat(gateway.get("/purchases/" + ticket, UUID.randomUUID()).summary())
                .isEqualTo("404 not-found");
    }

    @Test
    void letsABuyerWaitForTheOrder(Broker broker) {
        String ticket = ticket(gateway.buy(open(broker, 1), buyer));
        CompletableFuture<Gateway.Answer> answer = waitingFor(ticket, 25);
        UUID order = UUID.randomUUID();

        gateway.ordered(broker, ticket, buyer, order, 0, 2);

        assertThat(answer).succeedsWithin(SOON);
        assertThat(answer.join().body().get("state").asString()).isEqualTo("ORDERED");
        assertThat(answer.join().body().get("order").asString()).isEqualTo(order.toString());
        assertThat(gateway.get("/purchases/" + ticket + "?wait=25", buyer)
                        .body()
                        .get("state")
                        .asString())
                .as("there is nothing to wait for")
                .isEqualTo("ORDERED");
        assertThat(waiting()).isZero();
    }

    /** More than one script settles; and what is heard again changes nothing. */
    @Test
    void tellsAllBuyersOfABatchWhoWait(Broker broker) {
        int batch = 6 * GatewayTest.ROOM;
        UUID sale = open(broker, batch);
        List<OrderedTicket> orders = new ArrayList<>();
        List<CompletableFuture<Gateway.Answer>> answers = new ArrayList<>();
        for (int number = 0; number < batch; number++) {
            broker.purge(QUEUE); // nobody drains it
            UUID one = UUID.randomUUID();
            String ticket = ticket(gateway.buy(sale, one));
            orders.add(new OrderedTicket(ticket, one, UUID.randomUUID()));
            answers.add(gateway.getting("/purchases/" + ticket + "?wait=25", one));
        }
        await().until(() -> waiting() == batch);

        OrderedTicket first = orders.get(0);
        List<OrderedTicket> more = new ArrayList<>(orders);
        more.set(0, new OrderedTicket(first.ticket(), first.buyer(), UUID.randomUUID())); // too late to change it
        gateway.ordered(broker, orders.subList(0, batch / 2), batch / 2, 2);
        gateway.ordered(broker, more, 0, 3);

        assertThat(answers).allSatisfy(answer -> assertThat(answer).succeedsWithin(SOON));
        assertThat(answers)
                .extracting(answer -> answer.join().body().path("order").asString(""))
                .isEqualTo(orders.stream().map(one -> one.order().toString()).toList());
        await().untilAsserted(() ->
                assertThat(gateway.buy(sale, UUID.randomUUID()).summary()).isEqualTo("410 sold-out"));
        assertThat(gateway.get("/purchases/" + first.ticket(), first.buyer())
                        .body()
                        .path("order")
                        .asString(""))
                .isEqualTo(first.order().toString());
    }

    @Test
    void letsABuyerWaitForAnOutcomeThatAnotherGatewayHears(Broker broker) {
        UUID sale = open(broker, 1);
        String ticket = ticket(gateway.buy(sale, buyer));
        CompletableFuture<Gateway.Answer> answer = waitingFor(ticket, 25);
        SaleKeys keys = SaleKeys.of(sale);

        redis.run(
                        Script.named("settle"),
                        List.of(
                                keys.sale(),
                                keys.buyers(),
                                keys.pending(),
                                SaleKeys.ticket(sale, UUID.fromString(ticket.substring(37)))),
                        "REFUSED",
                        "1",
                        "2",
                        "60000",
                        ticket,
                        buyer.toString(),
                        "SOLD_OUT")
                .join();

        assertThat(answer).succeedsWithin(SOON);
        assertThat(answer.join().body().get("state").asString()).isEqualTo("REFUSED");
        assertThat(answer.join().body().get("reason").asString()).isEqualTo("SOLD_OUT");
    }

    @Test
    void answersAsItIsWhenTheWaitIsOver(Broker broker) {
        String ticket = ticket(gateway.buy(open(broker, 1), buyer));

        long begun = System.nanoTime();
        Gateway.Answer answer = gateway.get("/purchases/" + ticket + "?wait=1", buyer);

        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body().get("state").asString()).isEqualTo("QUEUED");
        assertThat(waiting()).isZero();
    }

    @Test
    void holdsNoThreadForThoseWhoWait(Broker broker) {
        UUID sale = open(broker, 2);
        String ticket = ticket(gateway.buy(sale, buyer));
        int more = environment.getProperty("server.tomcat.threads.max", Integer.class, 200) + 50;
        List<CompletableFuture<Gateway.Answer>> answers = IntStream.range(0, more)
                .mapToObj(number -> gateway.getting("/purchases/" + ticket + "?wait=25", buyer))
                .toList();
        await().until(() -> waiting() == more);

        assertThat(gateway.buying(sale, UUID.randomUUID())).succeedsWithin(SOON);

        gateway.refused(broker, ticket, buyer, "SOLD_OUT", 2, 2);
        assertThat(answers).allSatisfy(answer -> assertThat(answer).succeedsWithin(SOON));
        assertThat(answers)
                .extracting(answer -> answer.join().body().path("state").asString(""))
                .containsOnly("REFUSED");
        assertThat(waiting()).isZero();
    }

    @Test
    void letsNobodyWaitForAnothersTicket(Broker broker) {
        String ticket = ticket(gateway.buy(open(broker, 1), buyer));

        CompletableFuture<Gateway.Answer> answer =
                gateway.getting("/purchases/" + ticket + "?wait=25", UUID.randomUUID());

        assertThat(answer).succeedsWithin(SOON);
        assertThat(answer.join().summary()).isEqualTo("404 not-found");
    }

    @Test
    void parksWhatItCannotRead(Broker broker) {
        broker.purge("seckill.events.parked");
        BasicProperties event = new BasicProperties.Builder()
                .type(SaleAnnounced.KEY)
                .messageId("17")
                .build();

        broker.publish(Event.EXCHANGE, SaleAnnounced.KEY, event, "{]".getBytes(StandardCharsets.UTF_8));
        broker.publish(Event.EXCHANGE, SaleAnnounced.KEY, event, "{}".getBytes(StandardCharsets.UTF_8));
        gateway.refused(broker, UUID.randomUUID() + ".not-a-ticket", buyer, "SOLD_OUT", 0, 9);

        await().untilAsserted(
                        () -> assertThat(broker.ready("seckill.events.parked")).isEqualTo(3));
        UUID sale = open(broker, 1);
        assertThat(gateway.buy(sale, buyer).summary()).as("it goes on").isEqualTo("202");
    }

    @Test
    void ignoresAnnouncementsThatAreNone(Broker broker) {
        BasicProperties none = new BasicProperties.Builder().build();
        broker.publish("seckill.announcements", "", none, "[1".getBytes(StandardCharsets.UTF_8));
        UUID told = open(broker, 5);
        broker.publish(
                "seckill.announcements",
                "",
                none,
                "{\"sale\":\"%s\"}".formatted(told).getBytes(StandardCharsets.UTF_8));

        await().untilAsserted(() ->
                assertThat(gateway.buy(told, UUID.randomUUID()).summary()).isEqualTo("410 sold-out"));
    }

    @Test
    void isReadyWithItsServersAndDescribesItself() {
        assertThat(gateway.get("/actuator/health/readiness", "")
                        .body()
                        .at("/components")
                        .propertyNames())
                .contains("readinessState", "redis", "rabbit");
        await().atMost(Duration.ofSeconds(60))
                .until(() -> gateway.get("/actuator/health/readiness", "").status() == 200);
        assertThat(gateway.get("/v3/api-docs", "").body().at("/paths").propertyNames())
                .contains("/sales/{sale}", "/sales/{sale}/purchases", "/purchases/{ticket}")
                .doesNotContain("/error");
        JsonNode wait = gateway.get("/v3/api-docs", "").body().at("/paths/~1purchases~1{ticket}/get/parameters/1");
        assertThat(wait.at("/name").asString()).isEqualTo("wait");
        assertThat(wait.at("/required").asBoolean()).isFalse();
        assertThat(wait.at("/schema/maximum").asInt()).isEqualTo(25);
        assertThat(gateway.get("/actuator/prometheus", "").response().body())
                .contains("seckill_answers_total{", "outcome=\"sold-out\"");
    }

    private CompletableFuture<Gateway.Answer> waitingFor(String ticket, int seconds) {
        CompletableFuture<Gateway.Answer> answer = gateway.getting("/purchases/" + ticket + "?wait=" + seconds, buyer);
        await().until(() -> waiting() == 1);
        assertThat(answer).isNotDone();
        return answer;
    }

    private double waiting() {
        return metrics.get("seckill.waiting").gauge().value();
    }

    private UUID open(Broker broker, int left) {
        return known(gateway.announced(broker, left, opened, closes));
    }

    private UUID known(UUID sale) {
        await().until(() -> gateway.get("/sales/" + sale, "").status() == 200);
        return sale;
    }

    private static String ticket(Gateway.Answer answer) {
        assertThat(answer.status()).as(answer.response().body()).isEqualTo(202);
        return answer.body().get("ticket").asString();
    }

    private String state(String ticket) {
        return gateway.get("/purchases/" + ticket, buyer).body().path("state").asString("");
    }

    private double counted(String outcome) {
        return metrics.counter("seckill.answers", "outcome", outcome).count();
    }
}
