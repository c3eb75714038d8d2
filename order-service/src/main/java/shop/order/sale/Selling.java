package shop.order.sale;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Collectors;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import shop.order.Events;
import shop.order.ordering.Order;
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
    public Map<Order.Claim, Freed> giveBack(Collection<Order.Claim> claims) {
        Map<UUID, List<Order.Claim>> bySale = claims.stream().collect(Collectors.groupingBy(Order.Claim::sale));
        Map<Order.Claim, Freed> freed = new HashMap<>();
        for (Sale before : sales.lock(bySale.keySet())) {
            List<Order.Claim> back = Objects.requireNonNull(bySale.get(before.id()));
            Sale sale = sales.giveBack(before, back.size());
            back.forEach(claim -> freed.put(claim, new Freed(sale.unit(claim.ticket()), !sale.open())));
        }
        return freed;
    }
}
