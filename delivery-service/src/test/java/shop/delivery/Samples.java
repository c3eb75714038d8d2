package shop.delivery;

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
    static final Recipient LI = new Recipient("李娜", "lina@example.org", "+8613800138000", "zh");

    private static final MessageJson JSON = new MessageJson();

    private Samples() {}

    /** Somebody paid an order that is delivered to this country. */
    static OrderPaid paid(UUID order, String country) {
        Money price = new Money(8900, "EUR");
        return new OrderPaid(
                Ids.next(),
                Instant.now(),
                order,
                LI,
                List.of(new Line(Ids.next(), "Mechanical keyboard", 1, price)),
                price,
                new Address("Hauptstraße 1", "Köln", "50667", country));
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
