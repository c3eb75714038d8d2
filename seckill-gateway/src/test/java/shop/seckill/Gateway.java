package shop.seckill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.GetResponse;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.springframework.boot.test.context.TestComponent;
import org.springframework.core.env.Environment;
import shop.events.Event;
import shop.events.Money;
import shop.events.OpenSale;
import shop.events.OrderCancelled;
import shop.events.OrderedTicket;
import shop.events.PurchaseCommand;
import shop.events.PurchaseRefused;
import shop.events.PurchaseSettled;
import shop.events.PurchasesOrdered;
import shop.events.Recipient;
import shop.events.RecountCommand;
import shop.events.SaleAnnounced;
import shop.events.SaleClosed;
import shop.events.SaleCounted;
import shop.events.SaleUnit;
import shop.events.SalesListed;
import shop.messaging.Ids;
import shop.messaging.MessageJson;
import shop.playground.servers.Broker;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The gateway as buyers see it, and the order service as the gateway hears it. */
@TestComponent
class Gateway {
    private static final Money PRICE = new Money(1999, "EUR");
    private static final Recipient ADA = new Recipient("Ada", "ada@shop.example", "+4915112345678", "en");

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final MessageJson json = new MessageJson();
    private final Environment environment;

    Gateway(Environment environment) {
        this.environment = environment;
    }

    /** Waits until the gateway hears, and knows that there is no sale that it does not know; empties the queue. */
    void settleIn(Broker broker) {
        await().atMost(Duration.ofSeconds(60)).until(() -> {
            take(broker, properties -> RecountCommand.KEY.equals(properties.getType()))
                    .map(question -> recount(question.getBody()))
                    .filter(question -> question.sale() == null)
                    .ifPresent(all -> listed(broker, List.of(), all.marker()));
            return broker.consumers("seckill.events") == 1
                    && get("/sales/" + UUID.randomUUID(), "").status() == 404;
        });
        broker.purge(SeckillTopology.PURCHASES);
    }

    /** Until the broker refuses more, with what is no purchase. */
    static void fillQueue(Broker broker) {
        BasicProperties none = new BasicProperties.Builder().build();
        while (broker.publish(PurchaseCommand.EXCHANGE, PurchaseCommand.KEY, none, new byte[0])
                == Broker.Outcome.CONFIRMED) {
            assertThat(broker.ready(SeckillTopology.PURCHASES)).isLessThanOrEqualTo(GatewayTest.CAP);
        }
    }

    /** Takes the next such message off the queue, and what is there of the sales of other tests before it. */
    static Optional<GetResponse> take(Broker broker, Predicate<BasicProperties> which) {
        Optional<GetResponse> next = broker.take(SeckillTopology.PURCHASES);
        while (next.isPresent() && !which.test(next.get().getProps())) {
            next = broker.take(SeckillTopology.PURCHASES);
        }
        return next;
    }

    /** How many purchases of this sale wait; questions about the sales of other tests may be among them. */
    static long queued(Broker broker, UUID sale) {
        return broker.peek(SeckillTopology.PURCHASES).stream()
                .filter(message -> message.getProps().getMessageId().startsWith(sale.toString()))
                .count();
    }

    record Answer(HttpResponse<String> response) {

        int status() {
            return response.statusCode();
        }

        String header(String name) {
            return response.headers().firstValue(name).orElse("");
        }

        JsonNode body() {
            return JsonMapper.shared().readTree(response.body());
        }

        /** The status, and the kind of the problem if it is one: {@code 503 shed}. */
        String summary() {
            return header("Content-Type").startsWith("application/problem+json")
                    ? status() + body().get("type").asString().replace("urn:mq-shop:problem:", " ")
                    : String.valueOf(status());
        }
    }

    Answer buy(UUID sale, UUID buyer) {
        return buying(sale, buyer).join();
    }

    CompletableFuture<Answer> buying(UUID sale, UUID buyer) {
        return sendAsync(
                request("/sales/" + sale + "/purchases", Tokens.customer(buyer)).POST(BodyPublishers.noBody()));
    }

    /** As a client that traces. */
    CompletableFuture<Answer> buying(UUID sale, UUID buyer, String traceparent) {
        return sendAsync(request("/sales/" + sale + "/purchases", Tokens.customer(buyer))
                .header("traceparent", traceparent)
                .POST(BodyPublishers.noBody()));
    }

    Answer get(String path, UUID buyer) {
        return get(path, Tokens.customer(buyer));
    }

    Answer get(String path, String token) {
        return getting(path, token).join();
    }

    CompletableFuture<Answer> getting(String path, UUID buyer) {
        return getting(path, Tokens.customer(buyer));
    }

    CompletableFuture<Answer> getting(String path, String token) {
        return sendAsync(request(path, token).GET());
    }

    Answer send(HttpRequest.Builder request) {
        return sendAsync(request).join();
    }

    private CompletableFuture<Answer> sendAsync(HttpRequest.Builder request) {
        return http.sendAsync(request.build(), BodyHandlers.ofString(StandardCharsets.UTF_8))
                .thenApply(Answer::new);
    }

    HttpRequest.Builder request(String path, String token) {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                URI.create("http://localhost:" + environment.getRequiredProperty("local.server.port") + path));
        return token.isEmpty() ? request : request.header("Authorization", "Bearer " + token);
    }

    /** A sale that is open, or will be or was. */
    UUID announced(Broker broker, int left, Instant opens, Instant closes) {
        UUID sale = Ids.next();
        tell(
                broker,
                new SaleAnnounced(Ids.next(), Instant.now(), sale, Ids.next(), PRICE, opens, closes, left, left, 1));
        return sale;
    }

    void ordered(Broker broker, String ticket, UUID buyer, UUID order, int left, long version) {
        ordered(broker, List.of(new OrderedTicket(ticket, buyer, order)), left, version);
    }

    /** All of them of one sale. */
    void ordered(Broker broker, List<OrderedTicket> orders, int left, long version) {
        UUID sale = sale(orders.get(0).ticket());
        tell(broker, new PurchasesOrdered(Ids.next(), Instant.now(), sale, orders, left, version));
    }

    void cancelled(Broker broker, String ticket, UUID order, int left, long version) {
        tell(
                broker,
                new OrderCancelled(
                        Ids.next(),
                        Instant.now(),
                        order,
                        ADA,
                        "changed my mind",
                        new SaleUnit(sale(ticket), ticket, left, version)));
    }

    void refused(Broker broker, String ticket, UUID buyer, String reason, int left, long version) {
        tell(
                broker,
                new PurchaseRefused(Ids.next(), Instant.now(), ticket, sale(ticket), buyer, reason, left, version));
    }

    void closed(Broker broker, UUID sale, Instant opens, Instant closes, long version) {
        tell(broker, new SaleClosed(Ids.next(), Instant.now(), sale, Ids.next(), PRICE, opens, closes, 5, 0, version));
    }

    void counted(Broker broker, UUID sale, Instant opens, Instant closes, int left, long version, UUID marker) {
        tell(
                broker,
                new SaleCounted(
                        Ids.next(),
                        Instant.now(),
                        sale,
                        Ids.next(),
                        PRICE,
                        opens,
                        closes,
                        false,
                        left,
                        version,
                        marker));
    }

    void listed(Broker broker, List<OpenSale> open, UUID marker) {
        tell(broker, new SalesListed(Ids.next(), Instant.now(), open, marker));
    }

    void settledBefore(
            Broker broker, String ticket, UUID buyer, UUID order, boolean cancelled, int left, long version) {
        tell(
                broker,
                new PurchaseSettled(
                        Ids.next(), Instant.now(), ticket, sale(ticket), buyer, order, cancelled, null, left, version));
    }

    void refusedBefore(Broker broker, String ticket, UUID buyer, String reason, int left, long version) {
        tell(
                broker,
                new PurchaseSettled(
                        Ids.next(), Instant.now(), ticket, sale(ticket), buyer, null, false, reason, left, version));
    }

    private void tell(Broker broker, Event event) {
        broker.publish(
                Event.EXCHANGE,
                event.routingKey(),
                new BasicProperties.Builder()
                        .messageId(event.eventId().toString())
                        .type(event.routingKey())
                        .contentType("application/json")
                        .build(),
                json.write(event));
    }

    RecountCommand recount(byte[] body) {
        return json.read(body, RecountCommand.class);
    }

    PurchaseCommand command(byte[] body) {
        return json.read(body, PurchaseCommand.class);
    }

    static UUID sale(String ticket) {
        return UUID.fromString(ticket.substring(0, 36));
    }
}
