package shop.order.sale;

import java.time.Instant;
import java.util.UUID;
import shop.events.Money;

/** A sale as everybody sees it. */
record SaleView(
        UUID id,
        UUID product,
        String name,
        Money price,
        Instant opens,
        Instant closes,
        Sale.State state,
        int allotment,
        int left,
        long version) {

    static SaleView of(Sale sale) {
        return new SaleView(
                sale.id(),
                sale.product(),
                sale.name(),
                sale.price(),
                sale.opens(),
                sale.closes(),
                sale.state(),
                sale.allotment(),
                sale.left(),
                sale.version());
    }
}
