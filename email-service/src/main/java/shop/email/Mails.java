package shop.email;

import org.springframework.stereotype.Component;
import shop.events.CustomerRegistered;
import shop.events.Event;
import shop.events.OrderCancelled;
import shop.events.OrderPaid;
import shop.events.OrderPlaced;
import shop.events.Recipient;
import shop.events.ShipmentDelivered;
import shop.events.ShipmentDispatched;

/** Which mail each event is worth. */
@Component
final class Mails {
    private final Letters letters;
    private final Post post;

    Mails(Letters letters, Post post) {
        this.letters = letters;
        this.post = post;
    }

    void on(CustomerRegistered event) {
        send(event, event.recipient(), letters.in(event.recipient()).about("customer-registered"));
    }

    void on(OrderPlaced event) {
        Letters.Draft draft = letters.in(event.recipient()).listing(event.lines(), event.total());
        send(event, event.recipient(), draft.about("order-placed", event.order(), event.total(), event.payBefore()));
    }

    void on(OrderPaid event) {
        Letters.Draft draft = letters.in(event.recipient()).listing(event.lines(), event.total());
        send(event, event.recipient(), draft.about("order-paid", event.order(), event.total()));
    }

    void on(OrderCancelled event) {
        Letters.Draft draft = letters.in(event.recipient());
        send(
                event,
                event.recipient(),
                draft.about("order-cancelled", event.order(), draft.words("reason", event.reason())));
    }

    void on(ShipmentDispatched event) {
        Letters.Draft draft = letters.in(event.recipient());
        send(event, event.recipient(), draft.about("shipment-dispatched", event.order(), event.depot(), event.at()));
    }

    void on(ShipmentDelivered event) {
        send(
                event,
                event.recipient(),
                letters.in(event.recipient()).about("shipment-delivered", event.order(), event.at()));
    }

    private void send(Event event, Recipient recipient, Letter letter) {
        post.send(event.eventId(), recipient, letter);
    }
}
