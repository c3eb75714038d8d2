package shop.order.sale;

import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import shop.events.SaleUnit;
import shop.order.Events;
import shop.order.ordering.SaleUnits;
import shop.order.stock.Product;
import shop.order.stock.Stock;
import shop.web.ProblemException;

/** Sets up sales, and takes units of theirs back. */
@Component
class Selling implements SaleUnits {
    private final Sales sales;
    private final Stock stock;
    private final Events events;
    private final SalesProperties properties;

    Selling(Sales sales, Stock stock, Events events, SalesProperties properties) {
        this.sales = sales;
        this.stock = stock;
        this.events = events;
        this.properties = properties;
    }

    /** Takes the allotment out of the product's stock and announces the sale. */
    @Transactional
    public Sale open(SaleRequest request) {
        Product product = Objects.requireNonNull(
                stock.take(Map.of(request.product(), request.allotment())).get(request.product()));
        if (!product.price().currency().equals(request.price().currency())) {
            throw new ProblemException(
                    HttpStatus.BAD_REQUEST,
                    "invalid-request",
                    "The product is sold in %s.".formatted(product.price().currency()));
        }
        Sale sale = Sale.opened(product, request);
        sales.add(sale, properties.grace());
        events.publish(sale.announced());
        return sale;
    }

    @Override
    @Transactional(propagation = Propagation.MANDATORY)
    public SaleUnit giveBack(UUID id, String ticket) {
        Sale sale = sales.giveBack(id);
        if (!sale.open()) {
            stock.giveBack(Map.of(sale.product(), 1));
        }
        return sale.unit(ticket);
    }
}
