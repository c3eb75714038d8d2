package shop.playground.testing;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.rabbitmq.client.AMQP.BasicProperties;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import shop.events.Address;
import shop.events.Event;
import shop.events.Line;
import shop.events.Money;
import shop.events.OrderPaid;
import shop.events.Recipient;
import shop.playground.servers.Broker;
import tools.jackson.databind.json.JsonMapper;

/** Events for the tests of those who subscribe to them, each under an id of its own. */
public final class Samples {
    public static final UUID ORDER = UUID.fromString("01890000-0000-7000-8000-00000000000a");
    public static final Instant AT = Instant.parse("2026-03-04T05:06:07Z");
    public static final Recipient ADA = new Recipient("Ada Lovelace", "ada@example.org", "+4915112345678", "en");
    public static final Recipient LI = new Recipient("李娜", "lina@example.org", "+8613800138000", "zh");
    public static final List<Line> LINES = List.of(
            new Line(UUID.randomUUID(), "Mechanical keyboard", 2, euros(8900)),
            new Line(UUID.randomUUID(), "Desk lamp", 1, euros(3500)));

    private static final JsonMapper JSON = JsonMapper.builder()
            .changeDefaultPropertyInclusion(inclusion -> inclusion.withValueInclusion(JsonInclude.Include.NON_NULL))
            .build();

    private Samples() {}

    public static Money euros(long cents) {
        return new Money(cents, "EUR");
    }

    /** Somebody paid {@link #ORDER}. */
    public static OrderPaid paid(Recipient recipient) {
        return paid(ORDER, recipient, "DE");
    }

    /** Somebody paid an order that is delivered to this country. */
    public static OrderPaid paid(UUID order, String country) {
        return paid(order, LI, country);
    }

    private static OrderPaid paid(UUID order, Recipient recipient, String country) {
        Address address = new Address("Hauptstraße 1", "Köln", "50667", country);
        return new OrderPaid(UUID.randomUUID(), AT, order, recipient, LINES, euros(21_300), address);
    }

    /** Publishes the event as its service does. */
    public static void publish(Broker broker, Event event) {
        broker.publish(Event.EXCHANGE, event.routingKey(), properties(event), JSON.writeValueAsBytes(event));
    }

    /** Puts the events into this queue, and into no other. The broker may have some of them only after a moment. */
    public static void put(Broker broker, String queue, List<? extends Event> events) {
        broker.publishAll(channel -> {
            for (Event event : events) {
                channel.basicPublish("", queue, properties(event), JSON.writeValueAsBytes(event));
            }
            return events;
        });
    }

    private static BasicProperties properties(Event event) {
        return new BasicProperties.Builder()
                .messageId(event.eventId().toString())
                .type(event.routingKey())
                .contentType("application/json")
                .deliveryMode(2)
                .build();
    }
}
