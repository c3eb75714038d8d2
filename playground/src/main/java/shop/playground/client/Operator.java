package shop.playground.client;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/** Whoever sets up the shop's sales. */
public final class Operator {

    public static final String EMAIL = "operator@shop.example";

    private final Api orders;

    private Operator(Api signedIn) {
        this.orders = signedIn;
    }

    public static Operator signIn(Api orders, String password) {
        return new Operator(
                orders.withToken(Customer.token(orders, EMAIL, password).join()));
    }

    /** Puts so many units of a product on sale, from now on, and returns the sale. */
    public String openSale(String product, int units, Duration length) {
        Instant now = Instant.now();
        return orders.post(
                        "/sales",
                        Map.of(
                                "product", product,
                                "allotment", units,
                                "price", Map.of("amount", 1900, "currency", "EUR"),
                                "opens", now.toString(),
                                "closes", now.plus(length).toString()))
                .expect(201)
                .text("id");
    }

    public Balance balance(String sale) {
        return Balance.of(orders.get("/sales/" + sale + "/balance").expect(200));
    }
}
