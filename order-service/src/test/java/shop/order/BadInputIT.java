package shop.order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import shop.order.Api.Answer;
import shop.order.Api.Caller;

/** Whatever is sent, the answer is a problem that says what is wrong, and nothing was stored. */
@WholeServiceTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BadInputIT {
    private static final String TAKEN = "taken@example.com";
    private static final String NUL = "\\u0000";

    private final Api api;
    private final JdbcClient database;
    private final Map<Who, Caller> callers = new TreeMap<>();
    private final Map<String, String> orders = new TreeMap<>();

    BadInputIT(@Autowired Api api, @Autowired JdbcClient database) {
        this.api = api;
        this.database = database;
    }

    private enum Who {
        NOBODY,
        CUSTOMER,
        OPERATOR,
        FORGER,
        FALSE_OPERATOR
    }

    @BeforeAll
    void prepare() {
        Caller customer = api.customer();
        callers.put(Who.NOBODY, Api.NOBODY);
        callers.put(Who.CUSTOMER, customer);
        Caller operator = api.operator();
        callers.put(Who.OPERATOR, operator);
        callers.put(Who.FALSE_OPERATOR, new Caller("", operator.token() + "x"));
        callers.put(Who.FORGER, new Caller("", customer.token() + "x"));
        Api.ok(201, api.post("/customers", Api.NOBODY, Api.registration(TAKEN)));
        orders.put("{placed}", api.ordered(customer));
        orders.put("{theirs}", api.ordered(api.customer()));
        String paid = api.ordered(customer);
        Api.ok(200, api.pay(customer, paid, Api.GOOD_CARD));
        orders.put("{paid}", paid);
        String cancelled = api.ordered(customer);
        Api.ok(200, api.cancel(customer, cancelled));
        orders.put("{cancelled}", cancelled);
        orders.put("{unknown}", UUID.randomUUID().toString());
    }

    private record Request(
            Who who, String method, String path, @Nullable String body, Map<String, String> headers) {
        Request(Who who, String method, String path, @Nullable String body) {
            this(who, method, path, body, Map.of());
        }
    }

    @ParameterizedTest
    @MethodSource({"customers", "tokens", "orders", "payments", "cancellations", "sales", "others"})
    void answersWithAProblemAndStoresNothing(Request request, int status, String problem) {
        Map<String, Long> before = rows();

        Answer answer = send(request);

        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(answer.contentType()).startsWith("application/problem+json");
        assertThat(answer.problem()).isEqualTo(problem);
        assertThat(answer.json().path("status").asInt()).isEqualTo(status);
        assertThat(answer.text("detail")).isNotBlank();
        assertThat(answer.body()).doesNotContain("Exception", "shop.order", "select ", "org.spring");
        assertThat(rows()).isEqualTo(before);
    }

    private Answer send(Request request) {
        String path = request.path();
        for (Map.Entry<String, String> order : orders.entrySet()) {
            path = path.replace(order.getKey(), order.getValue());
        }
        Caller caller = callers.getOrDefault(request.who(), Api.NOBODY);
        return api.send(request.method(), path, caller, request.body(), request.headers());
    }

    private Map<String, Long> rows() {
        Map<String, Long> rows = new TreeMap<>();
        for (String table : database.sql(
                        "select table_name from information_schema.tables where table_schema = 'public'")
                .query(String.class)
                .list()) {
            rows.put(
                    table,
                    database.sql("select count(*) from " + table)
                            .query(Long.class)
                            .single());
        }
        rows.put(
                "units",
                database.sql("select sum(available) from products")
                        .query(Long.class)
                        .single());
        return rows;
    }

    static Stream<Arguments> customers() {
        String good = Api.registration("new@example.com");
        return Stream.of(
                customer("no body", null),
                customer("empty body", ""),
                customer("null", "null"),
                customer("list", "[]"),
                customer("text", "\"Ada\""),
                customer("half of it", good.substring(0, good.length() / 2)),
                customer("two of it", good + good),
                customer("nothing in it", "{}"),
                customer("unknown property", with(good, "\"name\"", "\"nick\": \"A\", \"name\"")),
                customer("role of its own", with(good, "\"name\"", "\"role\": \"operator\", \"name\"")),
                customer("name null", with(good, "\"Ada Lovelace\"", "null")),
                customer("name blank", with(good, "Ada Lovelace", "   ")),
                customer("name a number", with(good, "\"Ada Lovelace\"", "17")),
                customer("name a list", with(good, "\"Ada Lovelace\"", "[\"Ada\"]")),
                customer("name with NUL", with(good, "Ada Lovelace", "Ada" + NUL)),
                customer("name with a line break", with(good, "Ada Lovelace", "Ada\\r\\nBcc: x@example.com")),
                customer("name with half a character", with(good, "Ada Lovelace", "Ada\\ud83d")),
                customer("name too long", with(good, "Ada Lovelace", "a".repeat(201))),
                customer("e-mail without @", with(good, "new@example.com", "new.example.com")),
                customer("e-mail with a line break", with(good, "new@example.com", "new@example.com\\nx")),
                customer("e-mail with NUL", with(good, "new@example.com", "new" + NUL + "@example.com")),
                customer("e-mail too long", with(good, "new@", "a".repeat(250) + "@")),
                customer("two e-mails", with(good, "new@example.com", "a@example.com,b@example.com")),
                customer("phone with words", with(good, "+4915112345678", "call me")),
                customer("phone without +", with(good, "+4915112345678", "015112345678")),
                customer("phone a number", with(good, "\"+4915112345678\"", "4915112345678")),
                customer("unknown language", with(good, "\"en\"", "\"tlh\"")),
                customer("no address", with(good, "\"address\"", "\"adress\"")),
                customer("address a text", with(good, "{\"street\"", "\"x\", \"y\": {\"street\"")),
                customer("address null", good.replaceAll("\\{\"street[^}]*}", "null")),
                customer("country in full", with(good, "\"GB\"", "\"Great Britain\"")),
                customer("city missing", with(good, "\"city\": \"London\",", "")),
                customer("unknown property in the address", with(good, "\"city\"", "\"planet\": \"Earth\", \"city\"")),
                customer("password too short", with(good, "correct horse battery", "secret")),
                customer("password too long", with(good, "correct horse battery", "a".repeat(73))),
                customer("password of too many bytes", with(good, "correct horse battery", "ä".repeat(37))),
                customer("password missing", with(good, "\"password\"", "\"passwort\"")),
                of("e-mail taken", 409, "email-taken", anonymous("/customers", Api.registration(TAKEN))),
                of(
                        "e-mail taken in capitals",
                        409,
                        "email-taken",
                        anonymous("/customers", Api.registration("TAKEN@Example.com"))),
                of(
                        "the operator's e-mail",
                        409,
                        "email-taken",
                        anonymous("/customers", Api.registration("Operator@shop.example"))),
                of("too large", 413, "too-large", anonymous("/customers", with(good, "Ada", "a".repeat(70_000)))),
                of(
                        "form",
                        415,
                        "unsupported-media-type",
                        new Request(
                                Who.NOBODY,
                                "POST",
                                "/customers",
                                "name=Ada",
                                Map.of("Content-Type", "application/x-www-form-urlencoded"))),
                of(
                        "wanted as XML",
                        406,
                        "not-acceptable",
                        new Request(Who.NOBODY, "POST", "/customers", good, Map.of("Accept", "application/xml"))),
                of("wrong method", 405, "method-not-allowed", new Request(Who.CUSTOMER, "DELETE", "/customers", null)),
                of(
                        "own account without token",
                        401,
                        "unauthenticated",
                        new Request(Who.NOBODY, "GET", "/customers/{unknown}", null)),
                of("other's account", 404, "not-found", new Request(Who.CUSTOMER, "GET", "/customers/{unknown}", null)),
                of(
                        "account without a real id",
                        400,
                        "invalid-request",
                        new Request(Who.CUSTOMER, "GET", "/customers/me", null)));
    }

    static Stream<Arguments> tokens() {
        return Stream.of(
                of("no body", 400, "invalid-request", anonymous("/tokens", null)),
                of("not JSON", 400, "invalid-request", anonymous("/tokens", "email=x")),
                of("nothing in it", 400, "invalid-request", anonymous("/tokens", "{}")),
                of("password missing", 400, "invalid-request", anonymous("/tokens", "{\"email\": \"a@example.com\"}")),
                of(
                        "password a number",
                        400,
                        "invalid-request",
                        anonymous("/tokens", "{\"email\": \"a@example.com\", \"password\": 1}")),
                of(
                        "e-mail with NUL",
                        400,
                        "invalid-request",
                        anonymous("/tokens", Api.credentials("a" + NUL + "@example.com", "x"))),
                of(
                        "unknown property",
                        400,
                        "invalid-request",
                        anonymous("/tokens", "{\"email\": \"a@b.c\", \"password\": \"x\", \"role\": \"operator\"}")),
                of(
                        "unknown account",
                        401,
                        "unauthenticated",
                        anonymous("/tokens", Api.credentials("nobody@example.com", "correct horse battery"))),
                of(
                        "wrong password",
                        401,
                        "unauthenticated",
                        anonymous("/tokens", Api.credentials(TAKEN, "wrong horse battery"))),
                of(
                        "wrong operator's password",
                        401,
                        "unauthenticated",
                        anonymous("/tokens", Api.credentials("operator@shop.example", "correct horse battery"))),
                of("SQL", 401, "unauthenticated", anonymous("/tokens", Api.credentials("' or 1=1 --", "x"))),
                of("too large", 413, "too-large", anonymous("/tokens", Api.credentials("a", "x".repeat(70_000)))),
                of("read", 405, "method-not-allowed", new Request(Who.CUSTOMER, "GET", "/tokens", null)));
    }

    static Stream<Arguments> orders() {
        String good = Api.lines(Api.LAMP, 1);
        String unknown = "00000000-0000-7000-8000-000000000000";
        return Stream.of(
                order("no body", null),
                order("empty body", ""),
                order("null", "null"),
                order("list", "[]"),
                order("broken", good.substring(1)),
                order("no lines", "{}"),
                order("lines null", "{\"lines\": null}"),
                order("lines empty", "{\"lines\": []}"),
                order("lines a map", "{\"lines\": {}}"),
                order("line null", "{\"lines\": [null]}"),
                order("line a text", "{\"lines\": [\"lamp\"]}"),
                order("line empty", "{\"lines\": [{}]}"),
                order("product null", "{\"lines\": [{\"product\": null, \"quantity\": 1}]}"),
                order("product without a real id", Api.lines("lamp", 1)),
                order("product a number", "{\"lines\": [{\"product\": 1, \"quantity\": 1}]}"),
                order("unknown product", Api.lines(unknown, 1)),
                order(
                        "product twice",
                        "{\"lines\": [{\"product\": \"%1$s\", \"quantity\": 1}, {\"product\": \"%1$s\", \"quantity\": 1}]}"
                                .formatted(Api.LAMP)),
                order("quantity missing", "{\"lines\": [{\"product\": \"%s\"}]}".formatted(Api.LAMP)),
                order("quantity null", with(good, ": 1}", ": null}")),
                order("quantity zero", Api.lines(Api.LAMP, 0)),
                order("quantity negative", Api.lines(Api.LAMP, -1)),
                order("quantity too much", Api.lines(Api.LAMP, 101)),
                order("quantity beyond int", with(good, ": 1}", ": 4294967297}")),
                order("quantity a fraction", with(good, ": 1}", ": 1.5}")),
                order("quantity a text", with(good, ": 1}", ": \"1\"}")),
                order("quantity a boolean", with(good, ": 1}", ": true}")),
                order("price of its own", with(good, "\"quantity\"", "\"price\": 1, \"quantity\"")),
                order("unknown property", with(good, "{\"lines\"", "{\"coupon\": \"x\", \"lines\"")),
                order("too many lines", "{\"lines\": [" + (line(unknown) + ",").repeat(20) + line(unknown) + "]}"),
                of("too large", 413, "too-large", ordering("x", good + " ".repeat(70_000))),
                of(
                        "more than there is",
                        409,
                        "out-of-stock",
                        ordering("x", Api.lines("01890000-0000-7000-8000-00000000000c", 100))),
                of("no key", 400, "missing-idempotency-key", new Request(Who.CUSTOMER, "POST", "/orders", good)),
                of("empty key", 400, "missing-idempotency-key", ordering("", good)),
                of("key too long", 400, "invalid-request", ordering("k".repeat(101), good)),
                of("key with a tab", 400, "invalid-request", ordering("a\tb", good)),
                of(
                        "no token",
                        401,
                        "unauthenticated",
                        new Request(Who.NOBODY, "POST", "/orders", good, Map.of("Idempotency-Key", "x"))),
                of(
                        "forged token",
                        401,
                        "unauthenticated",
                        new Request(Who.FORGER, "POST", "/orders", good, Map.of("Idempotency-Key", "x"))),
                of(
                        "no token but a password",
                        401,
                        "unauthenticated",
                        new Request(
                                Who.NOBODY,
                                "POST",
                                "/orders",
                                good,
                                Map.of("Idempotency-Key", "x", "Authorization", "Basic YTpi"))),
                of(
                        "operator",
                        403,
                        "forbidden",
                        new Request(Who.OPERATOR, "POST", "/orders", good, Map.of("Idempotency-Key", "x"))),
                of(
                        "text",
                        415,
                        "unsupported-media-type",
                        new Request(
                                Who.CUSTOMER,
                                "POST",
                                "/orders",
                                good,
                                Map.of("Idempotency-Key", "x", "Content-Type", "text/plain"))),
                of("list of orders", 405, "method-not-allowed", new Request(Who.CUSTOMER, "GET", "/orders", null)),
                of("unknown order", 404, "not-found", new Request(Who.CUSTOMER, "GET", "/orders/{unknown}", null)),
                of(
                        "unknown order for the operator",
                        404,
                        "not-found",
                        new Request(Who.OPERATOR, "GET", "/orders/{unknown}", null)),
                of(
                        "order without a real id",
                        400,
                        "invalid-request",
                        new Request(Who.CUSTOMER, "GET", "/orders/17", null)),
                of(
                        "order without token",
                        401,
                        "unauthenticated",
                        new Request(Who.NOBODY, "GET", "/orders/{placed}", null)),
                of("their order", 404, "not-found", new Request(Who.CUSTOMER, "GET", "/orders/{theirs}", null)));
    }

    static Stream<Arguments> payments() {
        return Stream.of(
                payment("no body", null),
                payment("not JSON", "4242"),
                payment("nothing in it", "{}"),
                payment("card null", "{\"card\": null}"),
                payment("card a text", "{\"card\": \"4242424242424242\"}"),
                payment("unknown property", with(Api.GOOD_CARD, "\"number\"", "\"name\": \"A\", \"number\"")),
                payment("amount of its own", with(Api.GOOD_CARD, "{\"card\"", "{\"amount\": 1, \"card\"")),
                payment("wrong check digit", Api.card("4242424242424241")),
                payment("number with letters", Api.card("4242abcd42424242")),
                payment("number with blanks", Api.card("4242 4242 4242 4242")),
                payment("number too short", Api.card("42424242422")),
                payment("number too long", Api.card("42424242424242424242")),
                payment("number a number", with(Api.GOOD_CARD, "\"4242424242424242\"", "4242424242424242")),
                payment("expiry in full", with(Api.GOOD_CARD, "12/30", "2030-12")),
                payment("month thirteen", with(Api.GOOD_CARD, "12/30", "13/30")),
                payment("cvc too short", with(Api.GOOD_CARD, "\"123\"", "\"12\"")),
                payment("cvc missing", with(Api.GOOD_CARD, ", \"cvc\": \"123\"", "")),
                of("too large", 413, "too-large", paying("{placed}", Api.GOOD_CARD + " ".repeat(70_000))),
                of("unknown order", 404, "not-found", paying("{unknown}", Api.GOOD_CARD)),
                of("their order", 404, "not-found", paying("{theirs}", Api.GOOD_CARD)),
                of("no real id", 400, "invalid-request", paying("17", Api.GOOD_CARD)),
                of("cancelled order", 409, "wrong-state", paying("{cancelled}", Api.GOOD_CARD)),
                of(
                        "no token",
                        401,
                        "unauthenticated",
                        new Request(Who.NOBODY, "POST", "/orders/{placed}/payment", Api.GOOD_CARD)),
                of(
                        "forged token",
                        401,
                        "unauthenticated",
                        new Request(Who.FORGER, "POST", "/orders/{placed}/payment", Api.GOOD_CARD)),
                of(
                        "operator",
                        403,
                        "forbidden",
                        new Request(Who.OPERATOR, "POST", "/orders/{placed}/payment", Api.GOOD_CARD)),
                of(
                        "read",
                        405,
                        "method-not-allowed",
                        new Request(Who.CUSTOMER, "GET", "/orders/{placed}/payment", null)));
    }

    static Stream<Arguments> cancellations() {
        return Stream.of(
                cancellation("not JSON", "please"),
                cancellation("list", "[]"),
                cancellation("unknown property", "{\"why\": \"x\"}"),
                cancellation("reason a number", "{\"reason\": 1}"),
                cancellation("reason empty", "{\"reason\": \"\"}"),
                cancellation("reason too long", "{\"reason\": \"" + "x".repeat(201) + "\"}"),
                cancellation("reason with NUL", "{\"reason\": \"" + NUL + "\"}"),
                of("too large", 413, "too-large", cancelling("{placed}", "{}" + " ".repeat(70_000))),
                of("unknown order", 404, "not-found", cancelling("{unknown}", null)),
                of("their order", 404, "not-found", cancelling("{theirs}", null)),
                of("no real id", 400, "invalid-request", cancelling("-", null)),
                of("paid order", 409, "wrong-state", cancelling("{paid}", null)),
                of(
                        "no token",
                        401,
                        "unauthenticated",
                        new Request(Who.NOBODY, "POST", "/orders/{placed}/cancellation", null)),
                of(
                        "operator",
                        403,
                        "forbidden",
                        new Request(Who.OPERATOR, "POST", "/orders/{placed}/cancellation", null)));
    }

    static Stream<Arguments> sales() {
        String good = """
                {"product": "%s", "allotment": 1, "price": {"amount": 450, "currency": "EUR"},
                 "opens": "2990-01-01T00:00:00Z", "closes": "2990-01-02T00:00:00Z"}""".formatted(Api.LAMP);
        return Stream.of(
                sale("no body", null),
                sale("empty body", ""),
                sale("not JSON", good.substring(1)),
                sale("list", "[]"),
                sale("nothing in it", "{}"),
                sale("unknown property", with(good, "{\"product\"", "{\"version\": 7, \"product\"")),
                sale("unknown property in the price", with(good, "\"amount\"", "\"tax\": 19, \"amount\"")),
                sale("product null", with(good, "\"%s\"".formatted(Api.LAMP), "null")),
                sale("unknown product", with(good, Api.LAMP, "00000000-0000-7000-8000-000000000000")),
                sale("allotment of none", with(good, "\"allotment\": 1", "\"allotment\": 0")),
                sale("price a number", with(good, "{\"amount\": 450, \"currency\": \"EUR\"}", "450")),
                sale("another currency", with(good, "EUR", "USD")),
                sale("closes before it opens", with(good, "2990-01-02", "2989-01-02")),
                of("too large", 413, "too-large", selling(Who.OPERATOR, good + " ".repeat(70_000))),
                of("more than there is", 409, "out-of-stock", selling(Who.OPERATOR, with(good, ": 1,", ": 900000,"))),
                of("no token", 401, "unauthenticated", selling(Who.NOBODY, good)),
                of("forged token", 401, "unauthenticated", selling(Who.FORGER, good)),
                of("forged operator's token", 401, "unauthenticated", selling(Who.FALSE_OPERATOR, good)),
                of("customer", 403, "forbidden", selling(Who.CUSTOMER, good)),
                of("list of sales", 405, "method-not-allowed", new Request(Who.OPERATOR, "GET", "/sales", null)));
    }

    static Stream<Arguments> others() {
        return Stream.of(
                of("unknown path", 404, "not-found", new Request(Who.CUSTOMER, "GET", "/nowhere", null)),
                of(
                        "unknown path without token",
                        401,
                        "unauthenticated",
                        new Request(Who.NOBODY, "GET", "/nowhere", null)),
                of(
                        "path that climbs",
                        400,
                        "invalid-request",
                        new Request(Who.NOBODY, "GET", "/products/..%2f..%2fetc", null)),
                of("products changed", 405, "method-not-allowed", new Request(Who.CUSTOMER, "POST", "/products", "{}")),
                of("actuator's inside", 401, "unauthenticated", new Request(Who.NOBODY, "GET", "/actuator/env", null)));
    }

    private static Arguments customer(String name, @Nullable String body) {
        return of(name, 400, "invalid-request", anonymous("/customers", body));
    }

    private static Arguments order(String name, @Nullable String body) {
        return of(name, 400, "invalid-request", ordering("bad", body));
    }

    private static Arguments payment(String name, @Nullable String body) {
        return of(name, 400, "invalid-request", paying("{placed}", body));
    }

    private static Arguments cancellation(String name, String body) {
        return of(name, 400, "invalid-request", cancelling("{placed}", body));
    }

    private static Arguments sale(String name, @Nullable String body) {
        return of(name, 400, "invalid-request", selling(Who.OPERATOR, body));
    }

    private static Arguments of(String name, int status, String problem, Request request) {
        return argumentSet(request.path() + ": " + name, request, status, problem);
    }

    private static Request anonymous(String path, @Nullable String body) {
        return new Request(Who.NOBODY, "POST", path, body);
    }

    private static Request ordering(String key, @Nullable String body) {
        return new Request(Who.CUSTOMER, "POST", "/orders", body, Map.of("Idempotency-Key", key));
    }

    private static Request paying(String order, @Nullable String body) {
        return new Request(Who.CUSTOMER, "POST", "/orders/" + order + "/payment", body);
    }

    private static Request cancelling(String order, @Nullable String body) {
        return new Request(Who.CUSTOMER, "POST", "/orders/" + order + "/cancellation", body);
    }

    private static Request selling(Who who, @Nullable String body) {
        return new Request(who, "POST", "/sales", body);
    }

    private static String line(String product) {
        return "{\"product\": \"%s\", \"quantity\": 1}".formatted(product);
    }

    private static String with(String body, String part, String other) {
        assertThat(body).contains(part);
        return body.replace(part, other);
    }
}
