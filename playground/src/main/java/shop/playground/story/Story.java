package shop.playground.story;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpClient;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import shop.playground.client.Answer;
import shop.playground.client.Api;
import shop.playground.client.Balance;
import shop.playground.client.Books;
import shop.playground.client.Buyer;
import shop.playground.client.Customer;
import shop.playground.client.Eventually;
import shop.playground.client.Mails;
import shop.playground.client.Operator;
import shop.playground.client.Texts;
import shop.playground.client.UnexpectedException;
import shop.playground.console.Screen;
import shop.playground.rush.Buyers;
import shop.playground.rush.SaleRush;
import shop.playground.story.Facts.ChapterOver;

/**
 * Plays what the shop is for: an order from the first mail to the parcel, a service that is away, a flash sale whose
 * books balance. Every line with a mark is a question that one of the shop's APIs has answered.
 */
public final class Story {

    private static final int UNITS = 100;
    private static final int BUYERS = 2_000;
    private static final int AT_A_TIME = 400;
    private static final String DELIVERY = "delivery-service";

    private final Screen screen;
    private final Facts facts;
    private final Stage stage;
    private final Places places;
    private final Keys keys;
    private final Api orders;
    private final Api gateway;
    private final Api broker;
    private final Mails mails;
    private final Texts texts;
    private final String run = Integer.toString(ThreadLocalRandom.current().nextInt(100_000, 1_000_000));

    public Story(Places places, Keys keys, Stage stage, Screen screen) {
        HttpClient http = Api.client();
        this.screen = screen;
        this.facts = new Facts(screen);
        this.stage = stage;
        this.places = places;
        this.keys = keys;
        this.orders = new Api(http, places.orders());
        this.gateway = new Api(http, places.gateway());
        this.broker = new Api(http, places.broker()).withPassword(keys.brokerUser(), keys.brokerPassword());
        this.mails = new Mails(new Api(http, places.mails()));
        this.texts = new Texts(new Api(http, places.texts()));
    }

    /** True if everything came true. */
    public boolean play() {
        chapter("A customer comes", this::anOrder);
        chapter("The delivery service goes down, the shop does not", this::anOutage);
        chapter("A flash sale: %d units, %,d buyers".formatted(UNITS, BUYERS), this::aFlashSale);
        return facts.allTrue();
    }

    private void chapter(String title, Runnable content) {
        screen.title(title);
        try {
            content.run();
        } catch (ChapterOver e) {
            screen.aside("The rest of this chapter needs that, and is left out.");
        }
    }

    private void anOrder() {
        Customer ada = customer("Ada Lovelace", "ada");
        facts.need("Ada registers", () -> ada.register().join().expect(201));
        Api signedIn = facts.need("she signs in and gets a token", () -> signIn(ada));
        facts.see(
                "a mail welcomes her",
                () -> Eventually.ask(() -> mails.subjectsTo(ada.email()), found -> !found.isEmpty()));

        List<JsonNode> products = facts.need("she looks at what there is", this::products);
        String order = facts.need(
                "she orders %s".formatted(names(products)),
                () -> Customer.place(signedIn, products).text("id"));
        facts.need("she pays by card", () -> expectState(Customer.pay(signedIn, order), "PAID"));
        Instant paid = Instant.now();

        facts.see(
                "mails confirm the order and the payment",
                () -> Eventually.ask(() -> mails.subjectsTo(ada.email()), found -> found.size() >= 3));
        facts.see(
                "a text tells her, too", () -> Eventually.ask(() -> texts.to(ada.phone()), found -> !found.isEmpty()));
        facts.see("the parcel arrives", () -> awaitState(signedIn, order, "DELIVERED"));
        String arrived = since(paid);
        facts.see("and of every step there is a mail, of the last three a text", () -> {
            Eventually.ask(() -> mails.subjectsTo(ada.email()), found -> found.size() >= 5);
            Eventually.ask(() -> texts.to(ada.phone()), found -> found.size() >= 3);
        });
        screen.aside("%s after she paid; all that any service heard, it heard from RabbitMQ".formatted(arrived));
        tell(mails.subjectsTo(ada.email()), "✉ ");
        tell(texts.to(ada.phone()), "☎ ");
    }

    private void anOutage() {
        Customer grace = customer("Grace Hopper", "grace");
        Api signedIn = facts.need("Grace registers", () -> {
            grace.register().join().expect(201);
            return signIn(grace);
        });
        facts.need("the delivery service is stopped", () -> {
            stage.stop(DELIVERY);
            return true;
        });
        List<JsonNode> products = products();
        List<String> placed = facts.need("two orders are placed and paid nevertheless", () -> {
            List<String> ids = new ArrayList<>();
            for (JsonNode product : products) {
                String order = Customer.place(signedIn, List.of(product)).text("id");
                expectState(Customer.pay(signedIn, order), "PAID");
                ids.add(order);
            }
            return ids;
        });
        facts.see(
                "its queue holds what it has to know",
                () -> Eventually.ask(() -> queueLength("delivery.events"), length -> length >= placed.size()));
        facts.see(
                "so both orders wait, PAID",
                () -> placed.forEach(
                        order -> expectState(signedIn.get("/orders/" + order).expect(200), "PAID")));
        facts.need("the delivery service comes back", () -> {
            stage.start(DELIVERY);
            return true;
        });
        Instant back = Instant.now();
        facts.see(
                "it catches up: both parcels arrive",
                () -> placed.forEach(order -> awaitState(signedIn, order, "DELIVERED")));
        screen.aside("%s after it was back".formatted(since(back)));
    }

    private void aFlashSale() {
        Operator operator = facts.need("the operator signs in", () -> Operator.signIn(orders, keys.operatorPassword()));
        JsonNode product = products().get(0);
        String sale = facts.need(
                "puts %d × %s on sale".formatted(UNITS, product.path("name").asText()),
                () -> operator.openSale(product.path("id").asText(), UNITS, Duration.ofHours(1)));
        facts.need(
                "and the front door has heard of it",
                () -> Eventually.ask(() -> gateway.get("/sales/" + sale).status(), status -> status == 200));

        List<Buyer> buyers = facts.need(
                "%,d buyers have come for it".formatted(BUYERS),
                () -> new Buyers(places.orders(), screen).newcomers(BUYERS));
        Instant rush = Instant.now();
        Books books = facts.need(
                "all of them click at once",
                () -> SaleRush.closed(List.of(places.gateway()), AT_A_TIME, screen)
                        .run(sale, buyers)
                        .books());
        screen.aside("%s from the first click to the last answer".formatted(since(rush)));

        facts.see("every buyer got a definite answer", books.everybodyKnows(), books.toString());
        facts.see("no order was promised to two of them", books.noOrderTwice(), books.toString());
        Balance balance = facts.need(
                "the shop closes its books",
                () -> Eventually.ask(() -> operator.balance(sale), found -> found.addsUp() && books.agreeWith(found)));
        facts.see(
                "ordered + left = allotment: %d + %d = %d"
                        .formatted(books.ordered(), balance.left(), balance.allotment()),
                books.ordered() + balance.left() == balance.allotment(),
                balance.toString());
        facts.see("all %d units are sold, not one more".formatted(UNITS), books.ordered() == UNITS, balance.toString());
        screen.table(books.table(balance));
    }

    private Customer customer(String name, String mailbox) {
        String phone = "+44" + ThreadLocalRandom.current().nextLong(7_000_000_000L, 8_000_000_000L);
        return new Customer(orders, name, mailbox + "." + run + "@customers.example", phone);
    }

    private Api signIn(Customer customer) {
        return orders.withToken(customer.token().join());
    }

    private List<JsonNode> products() {
        List<JsonNode> products = new ArrayList<>();
        orders.get("/products").expect(200).body().path("products").forEach(products::add);
        if (products.size() < 2) {
            throw new UnexpectedException("the catalogue has " + products.size() + " products");
        }
        return products.subList(0, 2);
    }

    private static String names(List<JsonNode> products) {
        return String.join(
                " and ",
                products.stream().map(product -> product.path("name").asText()).toList());
    }

    private int queueLength(String queue) {
        return broker.get("/api/queues/shop/" + queue)
                .expect(200)
                .body()
                .path("messages")
                .asInt();
    }

    private static Answer expectState(Answer order, String state) {
        if (!order.text("state").equals(state)) {
            throw new UnexpectedException(
                    "order %s is %s, not %s".formatted(order.text("id"), order.text("state"), state));
        }
        return order;
    }

    private static void awaitState(Api signedIn, String order, String state) {
        Eventually.ask(() -> signedIn.get("/orders/" + order).expect(200).text("state"), state::equals);
    }

    private void tell(List<String> messages, String sign) {
        messages.forEach(
                message -> screen.aside(sign + message.lines().findFirst().orElse("")));
    }

    private static String since(Instant begin) {
        return String.format(
                Locale.ROOT, "%.1f s", Duration.between(begin, Instant.now()).toMillis() / 1000.0);
    }
}
