package shop.delivery;

import java.util.UUID;
import shop.events.Recipient;

/** What is sent for one order. */
record Shipment(UUID id, UUID order, String depot, Recipient recipient, State state) {

    enum State {
        PACKING,
        DISPATCHED,
        DELIVERED
    }
}
