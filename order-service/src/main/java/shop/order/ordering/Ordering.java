package shop.order.ordering;

import java.time.Duration;
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
import shop.messaging.DeferredException;
import shop.messaging.Ids;
import shop.messaging.UnprocessableMessageException;
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
    /** Why an order was cancelled that was not paid in time. */
    static final String UNPAID = "UNPAID";

    private final Orders orders;
    private final OrderRequests requests;
    private final Customers customers;
    private final Stock stock;
    private final ObjectProvider<SaleUnits> saleUnits;
    private final OpenPayments payments;
    private final Events events;
    private final Duration paymentWindow;

    Ordering(
            Orders orders,
            OrderRequests requests,
            Customers customers,
            Stock stock,
            ObjectProvider<SaleUnits> saleUnits,
            OpenPayments payments,
            Events events,
            OrdersProperties properties) {
        this.orders = orders;
        this.requests = requests;
        this.customers = customers;
        this.stock = stock;
        this.saleUnits = saleUnits;
        this.payments = payments;
        this.events = events;
        this.paymentWindow = properties.paymentWindow();
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
        Order order = Order.placed(id, customer, lines(request, products), Now.instant(), paymentWindow, null);
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
        if (order.state() != OrderState.PLACED) {
            throw OrderProblems.wrongState(order, "cancelled");
        }
        cancelled(order, reason);
        return order.in(OrderState.CANCELLED);
    }

    /**
     * Cancels an order whose time to be paid is over, unless it is paid or cancelled already. A payment that comes late,
     * but before this has the order's lock, is taken.
     *
     * @throws DeferredException while its payment has no answer, or its time is not over
     */
    @Transactional
    public void giveUpUnpaid(UUID id) {
        Order order = orders.lock(id).orElseThrow(() -> new UnprocessableMessageException("There is no order " + id));
        if (order.state() != OrderState.PLACED) {
            return;
        }
        if (payments.isPending(id)) {
            throw new DeferredException("A payment of order %s has no answer yet".formatted(id));
        }
        if (Now.instant().isBefore(order.payBefore())) {
            throw new DeferredException("Order %s may be paid until %s".formatted(id, order.payBefore()));
        }
        cancelled(order, UNPAID);
    }

    private void cancelled(Order order, String reason) {
        orders.move(order.id(), OrderState.CANCELLED);
        SaleUnit unit = giveUnitsBack(order);
        events.publish(new OrderCancelled(Ids.next(), Now.instant(), order.id(), order.recipient(), reason, unit));
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
