package shop.delivery;

import java.time.Instant;
import java.util.List;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;
import shop.events.OrderPaid;
import shop.events.ShipmentCreated;
import shop.events.ShipmentDelivered;
import shop.events.ShipmentDispatched;
import shop.messaging.Ids;

/** Makes a shipment of each paid order, and moves it along. Each step and the event that tells of it are one. */
@Component
class Deliveries {
    private final Shipments shipments;
    private final ShopEvents events;
    private final DeliveryProperties properties;

    Deliveries(Shipments shipments, ShopEvents events, DeliveryProperties properties) {
        this.shipments = shipments;
        this.events = events;
        this.properties = properties;
    }

    @Transactional
    void on(OrderPaid event) {
        Shipment shipment = new Shipment(
                Ids.next(),
                event.order(),
                properties.depotFor(event.address().country()),
                event.recipient(),
                Shipment.State.PACKING);
        if (shipments.add(shipment, event.address(), properties.packing())) {
            Instant now = Instant.now();
            events.publish(new ShipmentCreated(
                    Ids.next(), now, shipment.order(), shipment.id(), shipment.depot(), shipment.recipient(), now));
        }
    }

    /**
     * Moves shipments whose time has come by one step.
     *
     * @return whether that were as many as allowed, so that more may be waiting
     */
    @Transactional
    boolean moveDue(int limit) {
        List<Shipment> due = shipments.lockDue(limit);
        due.forEach(this::move);
        return due.size() == limit;
    }

    private void move(Shipment shipment) {
        switch (shipment.state()) {
            case PACKING -> dispatch(shipment);
            case DISPATCHED -> deliver(shipment);
            case DELIVERED -> throw new IllegalStateException(shipment.id() + " has arrived and is due for nothing");
        }
    }

    private void dispatch(Shipment shipment) {
        Instant now = Instant.now();
        shipments.move(shipment.id(), Shipment.State.DISPATCHED, properties.transit());
        events.publish(new ShipmentDispatched(
                Ids.next(), now, shipment.order(), shipment.id(), shipment.depot(), shipment.recipient(), now));
    }

    private void deliver(Shipment shipment) {
        Instant now = Instant.now();
        shipments.move(shipment.id(), Shipment.State.DELIVERED, null);
        events.publish(new ShipmentDelivered(
                Ids.next(), now, shipment.order(), shipment.id(), shipment.depot(), shipment.recipient(), now));
    }
}
