package shop.order;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.test.context.TestComponent;
import org.springframework.core.env.Environment;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A client of the service's HTTP API that sends whatever it is told to. */
@TestComponent
public final class Api {
    public static final String OPERATOR_PASSWORD = "an operator's password";
    public static final String KEYBOARD = "01890000-0000-7000-8000-000000000001";
    public static final String LAMP = "01890000-0000-7000-8000-000000000002";
    public static final String GOOD_CARD = card("4242424242424242");

    private static final JsonMapper JSON = new JsonMapper();

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();
    private final Environment environment;

    Api(Environment environment) {
        this.environment = environment;
    }

    /** Who sends a request. */
    public record Caller(String id, @Nullable String token) {}

    public static final Caller NOBODY = new Caller("", null);

    /** What was answered. */
    public record Answer(int status, String contentType, Map<String, List<String>> headers, String body) {
        public JsonNode json() {
            return JSON.readTree(body);
        }

        public String text(String property) {
            return json().path(property).asString();
        }

        /** The last part of the problem's type. */
        public String problem() {
            return text("type").replace("urn:mq-shop:problem:", "");
        }

        public @Nullable String header(String name) {
            return headers.entrySet().stream()
                    .filter(header -> header.getKey().equalsIgnoreCase(name))
                    .map(header -> header.getValue().get(0))
                    .findFirst()
                    .orElse(null);
        }
    }

    public Answer get(String path, Caller caller) {
        return send("GET", path, caller, null, Map.of());
    }

    public Answer post(String path, Caller caller, @Nullable String body) {
        return send("POST", path, caller, body, Map.of());
    }

    /** Sends a request with a JSON body. */
    public Answer send(String method, String path, Caller caller, @Nullable String body, Map<String, String> headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url() + path))
                .timeout(Duration.ofSeconds(30))
                .method(
                        method,
                        body == null
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body, StandardCharsets.UTF_8));
        if (body != null) {
            request.header("Content-Type", "application/json");
        }
        if (caller.token() != null) {
            request.header("Authorization", "Bearer " + caller.token());
        }
        headers.forEach(request::setHeader);
        return send(request.build());
    }

    private Answer send(HttpRequest request) {
        try {
            HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
            return new Answer(
                    response.statusCode(),
                    response.headers().firstValue("Content-Type").orElse(""),
                    response.headers().map(),
                    response.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private String url() {
        return "http://127.0.0.1:" + environment.getRequiredProperty("local.server.port");
    }

    /** Somebody new, signed in. */
    public Caller customer() {
        String email = UUID.randomUUID() + "@example.com";
        Answer registered = ok(201, post("/customers", NOBODY, registration(email)));
        return new Caller(registered.text("id"), token(email, "correct horse battery"));
    }

    public Caller operator() {
        return new Caller("", token("operator@shop.example", OPERATOR_PASSWORD));
    }

    public String token(String email, String password) {
        return ok(200, post("/tokens", NOBODY, credentials(email, password))).text("accessToken");
    }

    public Answer order(Caller buyer, String product, int quantity) {
        return order(buyer, UUID.randomUUID().toString(), lines(product, quantity));
    }

    public Answer order(Caller buyer, String key, String body) {
        return send("POST", "/orders", buyer, body, Map.of("Idempotency-Key", key));
    }

    /** A new order of this buyer. */
    public String ordered(Caller buyer) {
        return ok(201, order(buyer, LAMP, 1)).text("id");
    }

    public Answer pay(Caller buyer, String order, String card) {
        return post("/orders/" + order + "/payment", buyer, card);
    }

    public Answer cancel(Caller buyer, String order) {
        return cancel(buyer, order, null);
    }

    public Answer cancel(Caller buyer, String order, @Nullable String body) {
        return post("/orders/" + order + "/cancellation", buyer, body);
    }

    public int available(String product) {
        for (JsonNode found : get("/products", NOBODY).json().path("products")) {
            if (found.path("id").asString().equals(product)) {
                return found.path("available").asInt();
            }
        }
        throw new AssertionError("There is no product " + product);
    }

    public static Answer ok(int status, Answer answer) {
        if (answer.status() != status) {
            throw new AssertionError("Expected %d, not %s".formatted(status, answer));
        }
        return answer;
    }

    public static String registration(String email) {
        return """
                {"name": "Ada Lovelace", "email": "%s", "phone": "+4915112345678", "language": "en",
                 "address": {"street": "1 Analytical Way", "city": "London", "postcode": "N1 9GU", "country": "GB"},
                 "password": "correct horse battery"}""".formatted(email);
    }

    public static String credentials(String email, String password) {
        return """
                {"email": "%s", "password": "%s"}""".formatted(email, password);
    }

    public static String lines(String product, int quantity) {
        return """
                {"lines": [{"product": "%s", "quantity": %d}]}""".formatted(product, quantity);
    }

    public static String card(String number) {
        return """
                {"card": {"number": "%s", "expiry": "12/30", "cvc": "123"}}""".formatted(number);
    }
}
