package shop.order.ordering;

import java.util.Locale;
import org.springframework.http.HttpStatus;
import shop.web.ProblemException;

/** What can be wrong with a request about an order. */
public final class OrderProblems {

    private OrderProblems() {}

    /** Somebody else's order is answered alike: nobody learns which ids exist. */
    public static ProblemException notFound() {
        return new ProblemException(HttpStatus.NOT_FOUND, "not-found", "You have no such order.");
    }

    /** Money may be on its way for the order, or not. */
    static ProblemException paymentPending() {
        return new ProblemException(
                HttpStatus.CONFLICT,
                "payment-pending",
                "A payment of this order has no answer yet: send the payment again, then cancel.");
    }

    /**
     * The order is too far on, or given up.
     *
     * @param done what was to be done to it, as a participle
     */
    public static ProblemException wrongState(Order order, String done) {
        String state = order.state().name();
        return new ProblemException(
                        HttpStatus.CONFLICT,
                        "wrong-state",
                        "An order that is %s cannot be %s.".formatted(state.toLowerCase(Locale.ROOT), done))
                .with("state", state);
    }
}
