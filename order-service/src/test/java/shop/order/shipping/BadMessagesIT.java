package shop.order.shipping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.GetResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.factory.annotation.Autowired;
import shop.order.Api;
import shop.order.Api.Caller;
import shop.order.WholeServiceTest;
import shop.playground.servers.Broker;

/** What the delivery service says, and what somebody else might say in its place. */
@WholeServiceTest
class BadMessagesIT {
    private static final String PARKED = "order.events.parked";
    private static final String DISPATCHED = "shipment.dispatched";
    private static final String DELIVERED = "shipment.delivered";

    private final Api api;
    private final Broker broker;

    private Caller buyer = Api.NOBODY;
    private String order = "";

    BadMessagesIT(@Autowired Api api, Broker broker) {
        this.api = api;
        this.broker = broker;
    }

    @BeforeEach
    void payAnOrder() {
        broker.purge(PARKED);
        buyer = api.customer();
        order = api.ordered(buyer);
        Api.ok(200, api.pay(buyer, order, Api.GOOD_CARD));
    }

    @Test
    void followsTheShipment() {
        send(DISPATCHED, UUID.randomUUID().toString(), shipment(order));
        awaitState("SHIPPED");
        send(DELIVERED, UUID.randomUUID().toString(), shipment(order));
        awaitState("DELIVERED");
    }

    @Test
    void whatComesLateOrAgainChangesNothing() {
        String again = UUID.randomUUID().toString();
        send(DELIVERED, again, shipment(order));
        awaitState("DELIVERED");

        send(DISPATCHED, UUID.randomUUID().toString(), shipment(order));
        send(DELIVERED, again, shipment(order));
        send(DELIVERED, UUID.randomUUID().toString(), shipment(order));

        awaitServed();
        assertThat(state(order)).isEqualTo("DELIVERED");
        assertThat(broker.ready(PARKED)).isZero();
    }

    @Test
    void shipmentOfAnOrderThatWasNotPaidChangesNothing() {
        String unpaid = api.ordered(buyer);

        send(DISPATCHED, UUID.randomUUID().toString(), shipment(unpaid));

        awaitServed();
        assertThat(state(unpaid)).isEqualTo("PLACED");
    }

    @ParameterizedTest
    @MethodSource
    void parksWhatItCannotUnderstandAndServesTheNext(
            @Nullable String type, @Nullable String messageId, byte[] body, String reason) {
        send(DISPATCHED, type, messageId, body);

        GetResponse parked = await().atMost(Duration.ofSeconds(20))
                .until(() -> broker.take(PARKED).orElse(null), message -> message != null);

        assertThat(parked.getBody()).isEqualTo(body);
        assertThat(String.valueOf(parked.getProps().getHeaders().get("failure-reason")))
                .contains(reason);
        assertThat(String.valueOf(parked.getProps().getHeaders().get("origin-queue")))
                .isEqualTo("order.events");
        awaitServed();
        assertThat(broker.ready(PARKED)).isZero();
    }

    static Stream<Arguments> parksWhatItCannotUnderstandAndServesTheNext() {
        String id = UUID.randomUUID().toString();
        byte[] noise = new byte[1024 * 1024];
        new Random(17).nextBytes(noise);
        String good = shipment(id);
        return Stream.of(
                bad("not JSON", "hello", "not a ShipmentDispatched"),
                bad("empty", "", "not a ShipmentDispatched"),
                bad("null", "null", "null"),
                bad("list", "[]", "not a ShipmentDispatched"),
                bad("half of it", good.substring(0, 100), "not a ShipmentDispatched"),
                bad("nothing in it", "{}", "is missing"),
                bad("order missing", good.replace("\"order\"", "\"other\""), "order is missing"),
                bad("order null", good.replace("\"order\": \"" + id + "\"", "\"order\": null"), "order is missing"),
                bad("order without a real id", shipment("17"), "not a ShipmentDispatched"),
                bad("time in words", good.replace("2026-01-01T00:00:00Z", "yesterday"), "not a ShipmentDispatched"),
                bad("recipient a text", good.replaceAll("\\{\"name[^}]*}", "\"Ada\""), "not a ShipmentDispatched"),
                bad("unknown order", good, "There is no order"),
                argumentSet("noise", DISPATCHED, id, noise, "not a ShipmentDispatched"),
                argumentSet("unknown type", "shipment.eaten", id, bytes(good), "shipment.eaten"),
                argumentSet("no type", null, id, bytes(good), "no type"),
                argumentSet("no id", DISPATCHED, null, bytes(good), "no id"));
    }

    private static Arguments bad(String name, String body, String reason) {
        return argumentSet(name, DISPATCHED, UUID.randomUUID().toString(), bytes(body), reason);
    }

    @Test
    void toleratesWhatAPublisherAdds() {
        send(
                DISPATCHED,
                UUID.randomUUID().toString(),
                shipment(order).replace("\"depot\"", "\"carrier\": {\"a\": [1]}, \"depot\""));

        awaitState("SHIPPED");
    }

    private void send(String type, String messageId, String body) {
        send(type, type, messageId, bytes(body));
    }

    private void send(String key, @Nullable String type, @Nullable String messageId, byte[] body) {
        BasicProperties properties = new BasicProperties.Builder()
                .type(type)
                .messageId(messageId)
                .contentType("application/json")
                .deliveryMode(2)
                .build();
        assertThat(broker.publish("shop.events", key, properties, body)).isEqualTo(Broker.Outcome.CONFIRMED);
    }

    /** Everything sent before is done, since the queue keeps its order: so is a good message at the end. */
    private void awaitServed() {
        String last = api.ordered(buyer);
        Api.ok(200, api.pay(buyer, last, Api.GOOD_CARD));
        send(DISPATCHED, UUID.randomUUID().toString(), shipment(last));
        await().atMost(Duration.ofSeconds(20)).until(() -> state(last).equals("SHIPPED"));
    }

    private void awaitState(String expected) {
        await().atMost(Duration.ofSeconds(20)).until(() -> state(order).equals(expected));
    }

    private String state(String of) {
        return api.get("/orders/" + of, buyer).text("state");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String shipment(String order) {
        return """
                {"eventId": "%s", "occurredAt": "2026-01-01T00:00:00Z", "order": "%s", "shipment": "%s", "depot": "north",
                 "recipient": {"name": "Ada", "email": "ada@example.com", "phone": "+4915112345678", "language": "en"},
                 "at": "2026-01-01T00:00:00Z"}""".formatted(UUID.randomUUID(), order, UUID.randomUUID());
    }
}
