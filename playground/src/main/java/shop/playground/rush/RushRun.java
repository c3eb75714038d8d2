package shop.playground.rush;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import java.util.stream.StreamSupport;
import shop.playground.client.Api;
import shop.playground.client.Balance;
import shop.playground.client.Books;
import shop.playground.client.Buyer;
import shop.playground.client.Eventually;
import shop.playground.client.Operator;
import shop.playground.client.UnexpectedException;
import shop.playground.console.Screen;
import shop.playground.console.Screen.Row;

/** A rush from the sale's opening to the balance of its books. */
public final class RushRun {

    private static final Duration LENGTH = Duration.ofHours(1);

    private final RushPlan plan;
    private final Screen screen;
    private final Api orders;
    private final Buyers buyers;
    private final SaleRush rush;
    private volatile boolean stopped;

    public RushRun(RushPlan plan, Screen screen) {
        this.plan = plan;
        this.screen = screen;
        this.orders = new Api(Api.client(), plan.orders());
        this.buyers = new Buyers(plan.orders(), screen);
        this.rush = plan.rate() > 0
                ? SaleRush.open(plan.gateways(), plan.connections(), plan.rate(), screen)
                : SaleRush.closed(plan.gateways(), plan.connections(), screen);
    }

    /** Ends it as soon as can be, with what was measured so far. Any thread may call it. */
    public void stop() {
        stopped = true;
        buyers.stop();
        rush.stop();
    }

    /**
     * Plays it, and tells how it went.
     *
     * @param password the operator's, asked for once the shop is known to be there
     * @return whether everybody has a definite answer and the books balance
     * @throws UnexpectedException where it cannot be played; the message says what to do
     */
    public boolean play(Supplier<String> password) {
        screen.title("A rush: %,d buyers on %,d units".formatted(plan.buyers(), plan.units()));
        requireAShop();
        Operator operator = Operator.signIn(orders, password.get());
        JsonNode product = product();
        List<Buyer> crowd = buyers.regulars(plan.buyers(), plan.accounts());
        if (stopped) {
            return false;
        }
        String sale = operator.openSale(product.path("id").asText(), plan.units(), LENGTH);
        for (URI gateway : plan.gateways()) {
            Api door = new Api(Api.client(), gateway);
            Eventually.ask(() -> door.get("/sales/" + sale).status(), status -> status == 200);
        }
        screen.right("%,d × %s are on sale"
                .formatted(plan.units(), product.path("name").asText()));
        try (OrderClock clock = new OrderClock(operator, sale)) {
            SaleRush.Result result = rush.run(sale, crowd);
            Balance balance = balance(operator, sale, result.books());
            if (stopped) {
                screen.aside("It was ended before everybody had an answer; this is what was seen until then.");
            }
            List<Row> rows = new ArrayList<>(Report.speed(result, clock.orders(), clock.took()));
            rows.addAll(result.books().table(balance));
            screen.table(rows);
            return verdict(result.books(), balance);
        }
    }

    private boolean verdict(Books books, Balance balance) {
        boolean all = tell("every buyer got a definite answer", books.everybodyKnows());
        all &= tell("no order was promised to two of them", books.noOrderTwice());
        all &= tell(Report.sums(balance), balance.addsUp());
        all &= tell("the shop's books tell what the buyers saw", books.agreeWith(balance));
        return all;
    }

    private boolean tell(String claim, boolean holds) {
        if (holds) {
            screen.right(claim);
        } else {
            screen.wrong(claim, null);
        }
        return holds;
    }

    /** When it agrees with what the buyers saw, or does not do so in time. */
    private Balance balance(Operator operator, String sale, Books books) {
        if (stopped) {
            return operator.balance(sale);
        }
        try {
            return Eventually.ask(() -> operator.balance(sale), found -> found.addsUp() && books.agreeWith(found));
        } catch (UnexpectedException e) {
            return operator.balance(sale);
        }
    }

    private void requireAShop() {
        try {
            orders.get("/products").expect(200);
            for (URI gateway : plan.gateways()) {
                new Api(Api.client(), gateway).get("/actuator/health/readiness").expect(200);
            }
        } catch (CompletionException e) {
            if (e.getCause() instanceof IOException) {
                throw new UnexpectedException(
                        "There is no shop at %s and %s: start one by ./demo, or say where it is; see ./rush --help"
                                .formatted(plan.orders(), plan.gateways()));
            }
            throw e;
        }
    }

    private JsonNode product() {
        List<JsonNode> products = StreamSupport.stream(
                        orders.get("/products")
                                .expect(200)
                                .body()
                                .path("products")
                                .spliterator(),
                        false)
                .filter(product -> plan.product() == null
                        || plan.product().equals(product.path("id").asText())
                        || plan.product().equalsIgnoreCase(product.path("name").asText()))
                .toList();
        JsonNode product = products.stream()
                .max(Comparator.comparingInt(RushRun::available))
                .orElseThrow(() -> new UnexpectedException("The shop does not know the product " + plan.product()));
        if (available(product) < plan.units()) {
            throw new UnexpectedException(
                    "Of %s there are %,d, not %,d: try fewer --units or another --product, or wait until unpaid orders give theirs back."
                            .formatted(product.path("name").asText(), available(product), plan.units()));
        }
        return product;
    }

    private static int available(JsonNode product) {
        return product.path("available").asInt();
    }
}
