package shop.order;

import java.util.Collection;
import java.util.List;
import org.springframework.stereotype.Component;
import shop.events.Event;
import shop.messaging.outbox.Outbox;
import shop.messaging.outbox.OutboxMessage;

/** Publishes events of the current transaction: all of them if it commits, none if it does not. */
@Component
public final class Events {
    private final Outbox outbox;

    Events(Outbox outbox) {
        this.outbox = outbox;
    }

    /** Publishes events. The rows of what they happened to are locked already: see {@link Outbox#append}. */
    public void publish(Collection<? extends Event> events) {
        outbox.append(events.stream()
                .map(event -> new OutboxMessage(
                        event.eventId(), event.occurredAt(), event.routingKey(), event.aggregate(), event))
                .toList());
    }

    /** Publishes events, as {@link #publish(Collection)} does. */
    public void publish(Event... events) {
        publish(List.of(events));
    }
}
