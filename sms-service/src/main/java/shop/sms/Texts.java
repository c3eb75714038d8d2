package shop.sms;

import java.util.Locale;
import java.util.UUID;
import org.springframework.context.MessageSource;
import org.springframework.stereotype.Component;
import shop.events.Event;
import shop.events.OrderCancelled;
import shop.events.OrderPaid;
import shop.events.Recipient;
import shop.events.ShipmentDelivered;
import shop.events.ShipmentDispatched;

/** Which text each event is worth, in the recipient's language or else in English. */
@Component
final class Texts {
    private final MessageSource messages;
    private final Provider provider;

    Texts(MessageSource messages, Provider provider) {
        this.messages = messages;
        this.provider = provider;
    }

    void on(OrderPaid event) {
        send(event, event.recipient(), event.order());
    }

    void on(OrderCancelled event) {
        send(event, event.recipient(), event.order());
    }

    void on(ShipmentDispatched event) {
        send(event, event.recipient(), event.order());
    }

    void on(ShipmentDelivered event) {
        send(event, event.recipient(), event.order());
    }

    private void send(Event event, Recipient recipient, UUID order) {
        Locale language = Locale.forLanguageTag(recipient.language());
        String text = messages.getMessage(event.routingKey(), new Object[] {order.toString()}, language);
        provider.send(event.eventId(), recipient.phone(), text);
    }
}
