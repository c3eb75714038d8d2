package shop.playground.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import shop.playground.load.Request;

/** A customer of the shop, and what a customer does there. */
public final class Customer {

    private static final JsonMapper json = new JsonMapper();
    private static final Map<String, String> ADDRESS =
            Map.of("street", "12 Byron Street", "city", "London", "postcode", "N1 9GU", "country", "GB");
    private static final Map<String, Object> CARD =
            Map.of("card", Map.of("number", "4242424242424242", "expiry", "12/39", "cvc", "123"));

    private final Api orders;
    private final String name;
    private final String email;
    private final String phone;
    private final String language;
    private final String password = UUID.randomUUID().toString();

    /** Somebody who reads English. */
    public Customer(Api orders, String name, String email, String phone) {
        this(orders, name, email, phone, "en");
    }

    public Customer(Api orders, String name, String email, String phone, String language) {
        this.orders = orders;
        this.name = name;
        this.email = email;
        this.phone = phone;
        this.language = language;
    }

    public String email() {
        return email;
    }

    public String phone() {
        return phone;
    }

    public CompletableFuture<Answer> register() {
        return orders.send(registration(name, email, phone, language, password));
    }

    public CompletableFuture<String> token() {
        return token(orders, email, password);
    }

    public static CompletableFuture<String> token(Api orders, String email, String password) {
        return orders.send(signIn(email, password))
                .thenApply(answer -> answer.expect(200).text("accessToken"));
    }

    static Request registration(String name, String email, String phone, String language, String password) {
        return Request.post(
                "/customers",
                json.createObjectNode()
                        .put("name", name)
                        .put("email", email)
                        .put("phone", phone)
                        .put("language", language)
                        .put("password", password)
                        .set("address", json.valueToTree(ADDRESS))
                        .toString());
    }

    static Request signIn(String email, String password) {
        return Request.post(
                "/tokens",
                json.createObjectNode()
                        .put("email", email)
                        .put("password", password)
                        .toString());
    }

    public static Answer place(Api signedIn, List<JsonNode> products) {
        List<Map<String, Object>> lines = products.stream()
                .map(product ->
                        Map.<String, Object>of("product", product.path("id").asText(), "quantity", 1))
                .toList();
        Map<String, String> key = Map.of("Idempotency-Key", UUID.randomUUID().toString());
        return signedIn.post("/orders", Map.of("lines", lines), key).expect(201);
    }

    public static Answer pay(Api signedIn, String order) {
        return signedIn.post("/orders/" + order + "/payment", CARD).expect(200);
    }

    public static Answer cancel(Api signedIn, String order) {
        return signedIn.post("/orders/" + order + "/cancellation", Map.of()).expect(200);
    }
}
