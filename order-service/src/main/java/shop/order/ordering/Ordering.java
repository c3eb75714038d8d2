package shop.order.ordering;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;
import shop.events.Line;
import shop.events.OrderCancelled;
import shop.events.SaleUnit;
import shop.messaging.Ids;
import shop.order.Events;
import shop.order.Now;
import shop.order.customer.Customer;
import shop.order.customer.Customers;
import shop.order.stock.Product;
import shop.order.stock.Stock;
import shop.web.ProblemException;

/** Places and cancels orders: each a transaction, with the units and the news of it. */
@Component
class Ordering {
    private final Orders orders;
    private final OrderRequests requests;
    private final Customers customers;
    private final Stock stock;
    private final ObjectProvider<SaleUnits> saleUnits;
    private final OpenPayments payments;
    private final Events events;

    Ordering(
            Orders orders,
            OrderRequests requests,
            Customers customers,
            Stock stock,
            ObjectProvider<SaleUnits> saleUnits,
            OpenPayments payments,
            Events events) {
        this.orders = orders;
        this.requests = requests;
        this.customers = customers;
        this.stock = stock;
        this.saleUnits = saleUnits;
        this.payments = payments;
        this.events = events;
    }

    /** Places an order, or finds the one that was placed with this key; either way, as it was when placed. */
    @Transactional
    public Order place(UUID buyer, String key, OrderRequest request) {
        Map<UUID, Integer> quantities = request.quantities();
        Customer customer = customers
                .find(buyer)
                .orElseThrow(() -> new ProblemException(
                        HttpStatus.UNAUTHORIZED, "unauthenticated", "The account of this token is gone."));
        UUID id = Ids.next();
        UUID claimed = requests.claim(buyer, key, request.hash(), id);
        if (!claimed.equals(id)) {
            return orders.find(claimed).orElseThrow().in(OrderState.PLACED);
        }
        Map<UUID, Product> products = stock.take(quantities);
        Order order = Order.placed(id, customer, lines(request, products), Now.instant(), null);
        orders.add(List.of(order));
        events.publish(order.placedEvent(null));
        return order;
    }

    private static List<Line> lines(OrderRequest request, Map<UUID, Product> products) {
        return request.lines().stream()
                .map(wanted -> {
                    Product product = Objects.requireNonNull(products.get(wanted.product()));
                    return new Line(product.id(), product.name(), wanted.quantity(), product.price());
                })
                .toList();
    }

    /**
     * Cancels an order of this buyer and gives its units back. Cancelling again changes nothing. While a payment has no
     * answer, the order stays: it may be paid for, and only the same payment, sent again, tells.
     */
    @Transactional
    public Order cancel(UUID buyer, UUID id, String reason) {
        Order order =
                orders.lock(id).filter(found -> found.customer().equals(buyer)).orElseThrow(OrderProblems::notFound);
        if (order.state() == OrderState.CANCELLED) {
            return order;
        }
        if (payments.isPending(id)) {
            throw OrderProblems.paymentPending();
        }
        if (!orders.move(id, OrderState.CANCELLED)) {
            throw OrderProblems.wrongState(order, "cancelled");
        }
        events.publish(
                new OrderCancelled(Ids.next(), Now.instant(), id, order.recipient(), reason, giveUnitsBack(order)));
        return order.in(OrderState.CANCELLED);
    }

    private @Nullable SaleUnit giveUnitsBack(Order order) {
        Order.Claim claim = order.claim();
        if (claim != null) {
            return saleUnits.getObject().giveBack(claim.sale(), claim.ticket());
        }
        stock.giveBack(order.lines().stream().collect(Collectors.toMap(Line::product, Line::quantity)));
        return null;
    }
}
