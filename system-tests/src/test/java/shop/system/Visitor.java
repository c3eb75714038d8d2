package shop.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.rabbitmq.client.AMQP.BasicProperties;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import shop.playground.client.Answer;
import shop.playground.client.Api;
import shop.playground.client.Buyer;
import shop.playground.client.Customer;
import shop.playground.client.Mails;
import shop.playground.client.Operator;
import shop.playground.client.Outcome;
import shop.playground.client.Rush;
import shop.playground.client.Texts;
import shop.playground.servers.Broker;
import shop.playground.shop.Shop;

/** Somebody who knows where everything in the shop is. */
final class Visitor {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Shop shop;
    private final Api orders;
    private final Api gateway;
    private final Mails mails;
    private final Texts texts;

    Visitor(Shop shop) {
        HttpClient http = Api.client();
        this.shop = shop;
        this.orders = new Api(http, shop.orders());
        this.gateway = new Api(http, shop.gateway());
        this.mails = new Mails(new Api(http, shop.mailPage()));
        this.texts = new Texts(new Api(http, URI.create(shop.thirdParties().url())));
    }

    Shop shop() {
        return shop;
    }

    Api orders() {
        return orders;
    }

    Api gateway() {
        return gateway;
    }

    Mails mails() {
        return mails;
    }

    Texts texts() {
        return texts;
    }

    /** A new customer, registered. */
    Customer customer(String name, String language) {
        Customer customer = stranger(name, language);
        customer.register().join().expect(201);
        return customer;
    }

    /** A new customer for a flash sale, registered and signed in. */
    CompletableFuture<Buyer> newcomer(String name) {
        Customer customer = stranger(name, "en");
        return customer.register()
                .thenCompose(answer -> {
                    answer.expect(201);
                    return customer.token();
                })
                .thenApply(token -> new Buyer(customer.email(), token));
    }

    private Customer stranger(String name, String language) {
        long number = ThreadLocalRandom.current().nextLong(7_000_000_000L, 8_000_000_000L);
        return new Customer(orders, name, "visitor." + number + "@customers.example", "+44" + number, language);
    }

    Api signIn(Customer customer) {
        return orders.withToken(customer.token().join());
    }

    Api operator() {
        return orders.withToken(
                Customer.token(orders, Operator.EMAIL, shop.operatorPassword()).join());
    }

    JsonNode product() {
        return products().get(0);
    }

    List<JsonNode> products() {
        List<JsonNode> products = new ArrayList<>();
        orders.get("/products").expect(200).body().path("products").forEach(products::add);
        return products;
    }

    /** Orders one unit of something and pays for it. */
    String paidOrder(Api signedIn) {
        String order = Customer.place(signedIn, List.of(product())).text("id");
        Customer.pay(signedIn, order);
        return order;
    }

    /** Puts the first product on sale, from now on, and returns when the front door has heard of it. */
    String openSale(int units, Duration length) {
        return openSale(product(), units, length);
    }

    /** Puts a product on sale, from now on, and returns when the front door has heard of it. */
    String openSale(JsonNode product, int units, Duration length) {
        Instant now = Instant.now();
        Map<String, Object> request = Map.of(
                "product", product.path("id").asText(),
                "allotment", units,
                "price", Map.of("amount", 1900, "currency", "EUR"),
                "opens", now.toString(),
                "closes", now.plus(length).toString());
        String sale = operator().post("/sales", request).expect(201).text("id");
        await().atMost(PATIENCE).until(() -> gateway.get("/sales/" + sale).status(), status -> status == 200);
        return sale;
    }

    void awaitState(Api signedIn, String order, String state) {
        await().atMost(PATIENCE).until(() -> state(signedIn, order), state::equals);
    }

    String state(Api signedIn, String order) {
        Answer answer = signedIn.get("/orders/" + order).expect(200);
        return answer.text("state");
    }

    /**
     * An order that arrives, one that is cancelled, and a sale: with a purchase, with one that is refused and asked for
     * again, to its end, and listed and counted anew because Redis lost it.
     */
    void makeEverythingHappen() {
        Api signedIn = signIn(customer("Gladys West", "en"));
        String arriving = paidOrder(signedIn);
        String cancelled = Customer.place(signedIn, List.of(product())).text("id");
        Customer.cancel(signedIn, cancelled);

        String sale = openSale(1, Duration.ofSeconds(4));
        Buyer buyer = newcomer("Valerie Thomas").join();
        assertThat(new Rush(gateway, sale).buy(buyer).join().kind()).isEqualTo(Outcome.Kind.ORDERED);
        String ticket = sale + "." + UUID.randomUUID();
        assertThat(purchaseOfAStranger(ticket, sale, 1)).isEqualTo(Broker.Outcome.CONFIRMED);
        assertThat(purchaseOfAStranger(ticket, sale, 2)).isEqualTo(Broker.Outcome.CONFIRMED);
        shop.redis().command("DEL", "seckill:{%s}:sale".formatted(sale));
        shop.redis().command("DEL", "seckill:{sales}:asked");

        awaitState(signedIn, arriving, "DELIVERED");
    }

    /** What the front door would not let through, and the order service refuses. */
    private Broker.Outcome purchaseOfAStranger(String ticket, String sale, int attempt) {
        String command = """
                {"ticket": "%s", "sale": "%s", "buyer": "%s", "attempt": %d, "admittedAt": "%s"}""".formatted(ticket, sale, UUID.randomUUID(), attempt, Instant.now());
        return shop.rabbitMq()
                .broker()
                .publish(
                        "seckill.commands",
                        "purchase",
                        new BasicProperties.Builder()
                                .messageId(ticket)
                                .type("purchase")
                                .build(),
                        command.getBytes(StandardCharsets.UTF_8));
    }
}
