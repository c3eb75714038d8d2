package shop.order.ordering;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
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

/** Places and cancels orders, each time in a transaction with the units and the news of it. */
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
        cancelAll(List.of(order), reason);
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
        cancelAll(List.of(order), UNPAID);
    }

    /**
     * Cancels those of these orders that are unpaid, all in one transaction, but none that somebody else has locked or whose
     * payment has no answer. That their time to be paid is over, the caller has to know.
     */
    @Transactional
    public void giveUpDue(Collection<UUID> ids) {
        List<Order> unpaid = orders.lockUnpaid(ids);
        // after the locks: a payment that began before them is seen, and none begins while they are held
        Set<UUID> pending = payments.pending(ids);
        cancelAll(unpaid.stream().filter(order -> !pending.contains(order.id())).toList(), UNPAID);
    }

    private void cancelAll(List<Order> locked, String reason) {
        if (locked.isEmpty()) {
            return;
        }
        int moved = orders.move(locked.stream().map(Order::id).toList(), OrderState.CANCELLED);
        if (moved != locked.size()) {
            throw new IllegalStateException(
                    "Of %d locked orders, %d could be cancelled: their units stay where they are"
                            .formatted(locked.size(), moved));
        }
        Map<Order.Claim, SaleUnits.Freed> freed = giveUnitsBack(locked);
        events.publish(locked.stream()
                .map(order -> cancelledEvent(order, reason, freed))
                .toList());
    }

    /** To the sales first and then to the products, as everybody locks them. */
    private Map<Order.Claim, SaleUnits.Freed> giveUnitsBack(List<Order> cancelled) {
        Map<Order.Claim, SaleUnits.Freed> freed = saleUnits
                .getObject()
                .giveBack(cancelled.stream()
                        .map(Order::claim)
                        .filter(Objects::nonNull)
                        .map(Objects::requireNonNull)
                        .toList());
        Map<UUID, Integer> products = new TreeMap<>();
        for (Order order : cancelled) {
            Order.Claim claim = order.claim();
            if (claim == null || Objects.requireNonNull(freed.get(claim)).over()) {
                order.lines().forEach(line -> products.merge(line.product(), line.quantity(), Integer::sum));
            }
        }
        stock.giveBack(products);
        return freed;
    }

    private static OrderCancelled cancelledEvent(Order order, String reason, Map<Order.Claim, SaleUnits.Freed> freed) {
        Order.Claim claim = order.claim();
        SaleUnit unit =
                claim == null ? null : Objects.requireNonNull(freed.get(claim)).unit();
        return new OrderCancelled(Ids.next(), Now.instant(), order.id(), order.recipient(), reason, unit);
    }
}
