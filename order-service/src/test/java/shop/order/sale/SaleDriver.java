package shop.order.sale;

import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP.BasicProperties;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import shop.events.PurchaseCommand;
import shop.events.RecountCommand;
import shop.messaging.Ids;
import shop.messaging.MessageJson;
import shop.order.Api;
import shop.playground.servers.Broker;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Plays the gateway, and looks at what the sales came to. */
final class SaleDriver {
    static final String QUEUE = "seckill.purchases";
    static final String PARKED = "order.purchases.parked";
    static final String CABLE = "01890000-0000-7000-8000-000000000003";

    private static final MessageJson JSON = new MessageJson();

    private final Api api;
    private final JdbcClient database;
    private final Broker broker;

    SaleDriver(Api api, JdbcClient database, Broker broker) {
        this.api = api;
        this.database = database;
        this.broker = broker;
    }

    void declareQueue() {
        broker.with(channel -> {
            channel.exchangeDeclare(PurchaseCommand.EXCHANGE, "direct", true);
            channel.queueDeclare(
                    QUEUE,
                    true,
                    false,
                    false,
                    Map.of(
                            "x-queue-type",
                            "classic",
                            "x-max-length",
                            10_000L,
                            "x-overflow",
                            "reject-publish",
                            "x-single-active-consumer",
                            true));
            return channel.queueBind(QUEUE, PurchaseCommand.EXCHANGE, PurchaseCommand.KEY);
        });
    }

    void awaitConsumer() {
        await().atMost(Duration.ofSeconds(60)).until(() -> broker.consumers(QUEUE) == 1);
    }

    static String request(String product, int allotment, Instant opens, Instant closes) {
        return """
                {"product": "%s", "allotment": %d, "price": {"amount": 450, "currency": "EUR"},
                 "opens": "%s", "closes": "%s"}""".formatted(product, allotment, opens, closes);
    }

    /** A sale that is open. */
    UUID open(int allotment) {
        Instant now = Instant.now();
        String body = request(CABLE, allotment, now.minusSeconds(60), now.plusSeconds(3600));
        return UUID.fromString(
                Api.ok(201, api.post("/sales", api.operator(), body)).text("id"));
    }

    /** Customers who never signed in. */
    List<UUID> customers(int number) {
        List<UUID> ids = Stream.generate(Ids::next).limit(number).toList();
        UUID[] all = ids.toArray(UUID[]::new);
        database.sql("""
                insert into accounts (id, email, role, password_hash)
                select id, id || '@example.com', 'customer', '-' from unnest(?) id""").param(all).update();
        database.sql("""
                insert into customers (id, name, phone, language, street, city, postcode, country)
                select id, 'Ada', '+4915112345678', 'en', '1 Way', 'London', 'N1', 'GB' from unnest(?) id""").param(all).update();
        return ids;
    }

    static PurchaseCommand command(UUID sale, UUID buyer) {
        return new PurchaseCommand(sale + "." + Ids.next(), sale, buyer, 1, Instant.now());
    }

    /** The same purchase, published again. */
    static PurchaseCommand again(PurchaseCommand command) {
        return new PurchaseCommand(
                command.ticket(), command.sale(), command.buyer(), command.attempt() + 1, command.admittedAt());
    }

    void queue(List<PurchaseCommand> commands) {
        publish(commands.stream()
                .map(command -> new Raw(PurchaseCommand.KEY, command.ticket(), JSON.write(command), Map.of()))
                .toList());
    }

    void queue(PurchaseCommand... commands) {
        queue(List.of(commands));
    }

    /** Queues purchases at once, each with its own {@code traceparent}. */
    void queueTraced(Map<PurchaseCommand, String> commands) {
        publish(commands.entrySet().stream()
                .map(traced -> new Raw(
                        PurchaseCommand.KEY,
                        traced.getKey().ticket(),
                        JSON.write(traced.getKey()),
                        Map.of("traceparent", traced.getValue())))
                .toList());
    }

    void queue(String type, String body) {
        publish(List.of(new Raw(type, "raw", body.getBytes(StandardCharsets.UTF_8), Map.of())));
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Raw(String type, String id, byte[] body, Map<String, Object> headers) {}

    /** Asks for a count of the sale, or which there are. */
    void recount(@Nullable UUID sale, UUID marker) {
        publish(List.of(new Raw(
                RecountCommand.KEY, marker.toString(), JSON.write(new RecountCommand(sale, marker)), Map.of())));
    }

    private void publish(List<Raw> messages) {
        broker.publishAll(channel -> {
            for (Raw message : messages) {
                channel.basicPublish(
                        PurchaseCommand.EXCHANGE,
                        PurchaseCommand.KEY,
                        new BasicProperties.Builder()
                                .type(message.type())
                                .messageId(message.id())
                                .headers(message.headers())
                                .deliveryMode(2)
                                .build(),
                        message.body());
            }
            return messages;
        });
    }

    JsonNode balance(UUID sale) {
        return Api.ok(200, api.get("/sales/" + sale + "/balance", api.operator()))
                .json();
    }

    /** Makes the sale one whose time is over. */
    void end(UUID sale) {
        database.sql("update sales set marker_due = now() where id = ?")
                .param(sale)
                .update();
    }

    /** What became of a ticket: {@code ORDERED}, or the reason for its refusal, or nothing yet. */
    String outcome(String ticket) {
        return database.sql("select coalesce(reason, outcome) from purchases where ticket = ?")
                .param(ticket)
                .query(String.class)
                .optional()
                .orElse("");
    }

    void awaitOutcome(String ticket, String outcome) {
        await(ticket).atMost(Duration.ofSeconds(30)).until(() -> outcome(ticket), outcome::equals);
    }

    int settled(UUID sale) {
        return database.sql("select count(*) from purchases where sale = ?")
                .param(sale)
                .query(Integer.class)
                .single();
    }

    String order(String ticket) {
        return database.sql("select order_id from purchases where ticket = ?")
                .param(ticket)
                .query(UUID.class)
                .single()
                .toString();
    }

    /** The tickets that events of this key tell of, with their repetitions. */
    List<String> told(String key, UUID sale) {
        return database.sql("""
                select coalesce(event -> 'saleUnit' ->> 'ticket', event ->> 'ticket')
                from (select convert_from(body, 'UTF8')::jsonb as event from outbox where routing_key = :key) e
                where coalesce(event -> 'saleUnit' ->> 'sale', event ->> 'sale') = :sale""")
                .param("key", key)
                .param("sale", sale.toString())
                .query(String.class)
                .list();
    }

    /** The tickets that the gateways are told of as ordered, several by one event. */
    List<String> toldTogether(UUID sale) {
        return database.sql("""
                select ordered ->> 'ticket'
                from outbox, jsonb_array_elements(convert_from(body, 'UTF8')::jsonb -> 'orders') ordered
                where routing_key = 'purchases.ordered' and aggregate = :sale""")
                .param("sale", sale.toString())
                .query(String.class)
                .list();
    }

    /** The event of this key about that, which carries this marker, if any. */
    Optional<JsonNode> answer(String key, String about, @Nullable UUID marker) {
        return database.sql("""
                select convert_from(body, 'UTF8') from outbox
                where routing_key = :key and aggregate = :about
                  and convert_from(body, 'UTF8')::jsonb ->> 'marker' is not distinct from :marker""")
                .param("key", key)
                .param("about", about)
                .param("marker", marker == null ? null : marker.toString())
                .query(String.class)
                .optional()
                .map(JsonMapper.shared()::readTree);
    }

    /** The {@code traceparent} of the event that tells of the ticket; empty without one. */
    String trace(String ticket) {
        return database.sql("""
                select coalesce(headers ->> 'traceparent', '') from outbox
                where routing_key in ('order.placed', 'purchase.refused') and convert_from(body, 'UTF8') like :ticket""")
                .param("ticket", "%" + ticket + "%")
                .query(String.class)
                .single();
    }

    int stock(String product) {
        return database.sql("select available from products where id = ?")
                .param(UUID.fromString(product))
                .query(Integer.class)
                .single();
    }
}
