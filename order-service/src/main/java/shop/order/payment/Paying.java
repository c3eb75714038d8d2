package shop.order.payment;

import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import shop.events.OrderPaid;
import shop.messaging.Ids;
import shop.order.Events;
import shop.order.Now;
import shop.order.ordering.Order;
import shop.order.ordering.OrderProblems;
import shop.order.ordering.OrderState;
import shop.order.ordering.Orders;
import shop.web.ProblemException;

/**
 * Pays orders. The attempt is committed before the acquirer is asked, and its answer is noted in a transaction of its
 * own: whatever dies in between, the next try repeats the same attempt, and the acquirer charges it once. No connection
 * is held while the acquirer thinks.
 */
@Component
class Paying {
    private static final Logger log = LoggerFactory.getLogger(Paying.class);

    private final Orders orders;
    private final Payments payments;
    private final Acquirer acquirer;
    private final Events events;
    private final TransactionTemplate transaction;

    Paying(Orders orders, Payments payments, Acquirer acquirer, Events events, TransactionTemplate transaction) {
        this.orders = orders;
        this.payments = payments;
        this.acquirer = acquirer;
        this.events = events;
        this.transaction = transaction;
    }

    /**
     * Pays an order of this buyer. Paying again changes nothing.
     *
     * @return the order, paid
     */
    Order pay(UUID buyer, UUID id, Card card) {
        Begun begun = transaction.execute(status -> begin(buyer, id));
        if (begun.attempt().isEmpty()) {
            return begun.order();
        }
        UUID attempt = begun.attempt().get();
        Answer answer = charge(attempt, begun.order(), card);
        Order order = transaction.execute(status -> settle(attempt, id, answer));
        if (order.state().paid()) {
            return order;
        }
        if (answer instanceof Answer.Declined declined) {
            throw new ProblemException(
                            HttpStatus.PAYMENT_REQUIRED, "payment-declined", "The card was declined; try another.")
                    .with("reason", declined.reason());
        }
        throw OrderProblems.wrongState(order, "paid");
    }

    private record Begun(Order order, Optional<UUID> attempt) {}

    /** Commits to a new attempt, or to the one that never had an answer; to none when the order is paid. */
    private Begun begin(UUID buyer, UUID id) {
        Order order =
                orders.lock(id).filter(found -> found.customer().equals(buyer)).orElseThrow(OrderProblems::notFound);
        if (order.state().paid()) {
            return new Begun(order, Optional.empty());
        }
        if (order.state() != OrderState.PLACED) {
            throw OrderProblems.wrongState(order, "paid");
        }
        UUID attempt = payments.pending(id).orElseGet(() -> {
            UUID fresh = Ids.next();
            payments.begin(fresh, id);
            return fresh;
        });
        return new Begun(order, Optional.of(attempt));
    }

    private Answer charge(UUID attempt, Order order, Card card) {
        try {
            return acquirer.charge(attempt, order.total(), card);
        } catch (AcquirerAwayException away) {
            log.warn("No answer to charge {} for order {}: {}", attempt, order.id(), away.getMessage());
            throw new ProblemException(
                            HttpStatus.SERVICE_UNAVAILABLE,
                            "acquirer-unavailable",
                            "The payment is not through yet; send it again, and you will be charged once.")
                    .header(HttpHeaders.RETRY_AFTER, "2");
        }
    }

    private Order settle(UUID attempt, UUID id, Answer answer) {
        Order order = orders.lock(id).orElseThrow();
        if (answer instanceof Answer.Declined declined) {
            payments.declined(attempt, declined.reason());
            return order;
        }
        String charge = ((Answer.Approved) answer).charge();
        if (!orders.move(id, OrderState.PAID)) {
            if (payments.refundDue(attempt, charge)) {
                log.info("Charge {} of order {}, which is {}, is to be refunded", charge, id, order.state());
            }
            return order;
        }
        payments.approved(attempt, charge);
        events.publish(new OrderPaid(
                Ids.next(), Now.instant(), id, order.recipient(), order.lines(), order.total(), order.address()));
        return orders.find(id).orElseThrow();
    }
}
