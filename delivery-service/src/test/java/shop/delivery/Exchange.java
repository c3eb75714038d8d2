package shop.delivery;

import com.rabbitmq.client.BuiltinExchangeType;
import com.rabbitmq.client.GetResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import shop.events.Event;
import shop.playground.servers.Broker;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Listens to what the service publishes, in a queue of the test's own. */
final class Exchange {
    private static final String QUEUE = "test.shipments";
    private static final JsonMapper JSON = JsonMapper.shared();

    private final Broker broker;
    private final List<Published> heard = new ArrayList<>();

    private Exchange(Broker broker) {
        this.broker = broker;
    }

    record Published(String type, String messageId, UUID order, JsonNode body) {}

    static Exchange heardOn(Broker broker) {
        broker.with(channel -> {
            channel.exchangeDeclare(Event.EXCHANGE, BuiltinExchangeType.TOPIC, true);
            channel.queueDeclare(QUEUE, true, false, false, Map.of("x-queue-type", "quorum"));
            channel.queueBind(QUEUE, Event.EXCHANGE, "shipment.#");
            return channel.queuePurge(QUEUE);
        });
        return new Exchange(broker);
    }

    /** What was published about the order so far, in the order of its arrival. */
    List<Published> about(UUID order) {
        broker.takeAll(QUEUE).forEach(message -> heard.add(read(message)));
        return heard.stream()
                .filter(published -> published.order().equals(order))
                .toList();
    }

    /** The types of what was published about the order so far. */
    List<String> typesAbout(UUID order) {
        return about(order).stream().map(Published::type).toList();
    }

    private static Published read(GetResponse message) {
        JsonNode body = JSON.readTree(message.getBody());
        return new Published(
                message.getProps().getType(),
                message.getProps().getMessageId(),
                UUID.fromString(body.path("order").asString()),
                body);
    }
}
