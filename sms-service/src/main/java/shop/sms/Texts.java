package shop.sms;

import java.util.Locale;
import java.util.UUID;
import org.springframework.context.MessageSource;
import org.springframework.context.MessageSourceResolvable;
import org.springframework.context.support.DefaultMessageSourceResolvable;
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
        send(event, event.recipient(), event.order(), event.routingKey() + "." + event.reason(), event.routingKey());
    }

    void on(ShipmentDispatched event) {
        send(event, event.recipient(), event.order());
    }

    void on(ShipmentDelivered event) {
        send(event, event.recipient(), event.order());
    }

    private void send(Event event, Recipient recipient, UUID order) {
        send(event, recipient, order, event.routingKey());
    }

    /** Takes the first of the keys for which there are words. */
    private void send(Event event, Recipient recipient, UUID order, String... keys) {
        Locale language = Locale.forLanguageTag(recipient.language());
        MessageSourceResolvable words = new DefaultMessageSourceResolvable(keys, new Object[] {order.toString()});
        String text = messages.getMessage(words, language);
        provider.send(event.eventId(), recipient.phone(), text);
    }
}
