package shop.order;

import java.util.Collection;
import java.util.List;
import java.util.Map;
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

    /** An event, and the headers of the trace that it belongs to; without any, it belongs to the current one. */
    public record Traced(Event event, Map<String, String> trace) {}

    /** Publishes events. The rows of what they happened to are locked already: see {@link Outbox#append}. */
    public void publish(Collection<? extends Event> events) {
        outbox.append(events.stream().map(Events::message).toList());
    }

    /** Publishes events, as {@link #publish(Collection)} does. */
    public void publish(Event... events) {
        publish(List.of(events));
    }

    /** Publishes events of several traces, as {@link #publish(Collection)} does. */
    public void publishTraced(Collection<Traced> events) {
        outbox.append(events.stream()
                .map(traced -> message(traced.event()).with(traced.trace()))
                .toList());
    }

    private static OutboxMessage message(Event event) {
        return new OutboxMessage(event.eventId(), event.occurredAt(), event.routingKey(), event.aggregate(), event);
    }
}
