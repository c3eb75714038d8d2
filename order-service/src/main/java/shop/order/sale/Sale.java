package shop.order.sale;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import shop.events.Line;
import shop.events.Money;
import shop.events.OrderedTicket;
import shop.events.PurchasesOrdered;
import shop.events.SaleAnnounced;
import shop.events.SaleClosed;
import shop.events.SaleCounted;
import shop.events.SaleUnit;
import shop.messaging.Ids;
import shop.order.Now;
import shop.order.stock.Product;

/**
 * A flash sale.
 *
 * @param price of one unit
 * @param allotment units taken out of the product's stock for it
 * @param left units that no live order holds
 * @param returned units that went back to the product
 * @param version grows with every change of {@code left}
 */
record Sale(
        UUID id,
        UUID product,
        String name,
        Money price,
        Instant opens,
        Instant closes,
        State state,
        int allotment,
        int left,
        int returned,
        long version) {

    enum State {
        /** Takes purchases; before its time, the gateway admits none. */
        OPEN,
        /** Everything queued for it is settled. */
        CLOSED
    }

    static Sale opened(Product product, SaleRequest request) {
        return new Sale(
                Ids.next(),
                product.id(),
                product.name(),
                request.price().money(),
                Now.millis(request.opens()),
                Now.millis(request.closes()),
                State.OPEN,
                request.allotment(),
                request.allotment(),
                0,
                1);
    }

    boolean open() {
        return state == State.OPEN;
    }

    /** One unit, as a line of an order. */
    Line line() {
        return new Line(product, name, 1, price);
    }

    SaleUnit unit(String ticket) {
        return new SaleUnit(id, ticket, left, version);
    }

    PurchasesOrdered ordered(List<OrderedTicket> orders) {
        return new PurchasesOrdered(Ids.next(), Now.instant(), id, orders, left, version);
    }

    SaleAnnounced announced() {
        return new SaleAnnounced(
                Ids.next(), Now.instant(), id, product, price, opens, closes, allotment, left, version);
    }

    SaleClosed closed() {
        return new SaleClosed(Ids.next(), Now.instant(), id, product, price, opens, closes, allotment, left, version);
    }

    SaleCounted counted(UUID marker) {
        return new SaleCounted(
                Ids.next(), Now.instant(), id, product, price, opens, closes, !open(), left, version, marker);
    }
}
