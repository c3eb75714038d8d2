package shop.delivery;

import org.springframework.stereotype.Component;
import shop.events.Event;
import shop.messaging.outbox.Outbox;
import shop.messaging.outbox.OutboxMessage;

/** Leaves the shop's events in the outbox, which knows nothing of the shop. */
@Component
final class ShopEvents {
    private final Outbox outbox;

    ShopEvents(Outbox outbox) {
        this.outbox = outbox;
    }

    /** Publishes the event if the current transaction commits. */
    void publish(Event event) {
        outbox.append(
                new OutboxMessage(event.eventId(), event.occurredAt(), event.routingKey(), event.aggregate(), event));
    }
}
