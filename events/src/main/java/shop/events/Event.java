package shop.events;

import java.time.Instant;
import java.util.UUID;

/** Something that happened in the shop. Its JSON form carries the record's components and nothing else. */
public interface Event {

    /** The topic exchange on which every event of the shop is published. */
    String EXCHANGE = "shop.events";

    /** Identifies this event for ever: a repeated delivery carries the same id. */
    UUID eventId();

    Instant occurredAt();

    /** The event's type, which is also the key it is routed by. */
    String routingKey();

    /** What this happened to. Events of one aggregate reach the exchange in the order in which they happened. */
    String aggregate();
}
