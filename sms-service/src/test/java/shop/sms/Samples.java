package shop.sms;

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
import shop.messaging.Ids;
import shop.messaging.MessageJson;
import shop.playground.servers.Broker;

/** Events as the tests need them. */
final class Samples {
    static final UUID ORDER = UUID.fromString("01890000-0000-7000-8000-00000000000a");
    static final Instant AT = Instant.parse("2026-03-04T05:06:07Z");
    static final Recipient ADA = new Recipient("Ada Lovelace", "ada@example.org", "+4915112345678", "en");
    static final Recipient LI = new Recipient("李娜", "lina@example.org", "+8613800138000", "zh");
    static final List<Line> LINES = List.of(
            new Line(Ids.next(), "Mechanical keyboard", 2, euros(8900)),
            new Line(Ids.next(), "Desk lamp", 1, euros(3500)));
    static final Address ADDRESS = new Address("Hauptstraße 1", "Köln", "50667", "DE");

    private static final MessageJson JSON = new MessageJson();

    private Samples() {}

    static Money euros(long cents) {
        return new Money(cents, "EUR");
    }

    static OrderPaid paid(Recipient recipient) {
        return new OrderPaid(Ids.next(), AT, ORDER, recipient, LINES, euros(21_300), ADDRESS);
    }

    static void publish(Broker broker, Event event) {
        BasicProperties properties = new BasicProperties.Builder()
                .messageId(event.eventId().toString())
                .type(event.routingKey())
                .contentType("application/json")
                .deliveryMode(2)
                .build();
        broker.publish(Event.EXCHANGE, event.routingKey(), properties, JSON.write(event));
    }
}
