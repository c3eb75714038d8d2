package shop.system;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.rabbitmq.client.AMQP.BasicProperties;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;
import shop.playground.audit.Recorded;
import shop.playground.audit.SaleAudit;
import shop.playground.client.Api;
import shop.playground.client.Buyer;
import shop.playground.proxy.Proxy;
import shop.playground.proxy.Traffic;
import shop.playground.servers.Broker;
import shop.playground.servers.Kind;
import shop.playground.shop.BuyerRegister;
import shop.playground.shop.Service;
import shop.playground.shop.Shop;
import shop.playground.shop.TokenMint;

/** Two gateways, the order service, and flash sales to be broken. */
final class SaleShop extends FaultyShop {
    static final String ORDERS = "order-service";
    static final String GATEWAY = "seckill-gateway";
    static final String SECOND = "seckill-gateway-2";
    static final String PURCHASES = "seckill.purchases";
    static final String PARKED = "order.purchases.parked";
    static final int CAP = 200;
    static final int BATCH = 20;

    /** How long a ticket may stay unsettled before the reconciler looks at it. */
    static final Duration RECONCILED_AFTER = Duration.ofSeconds(1);

    private static final Duration LONG = Duration.ofHours(1);

    private final Visitor visitor;
    private final SaleAudit audit;
    private final BuyerRegister register;
    private final TokenMint tokens;
    private final List<Api> gateways;

    private SaleShop(Shop shop, Path logs, TokenMint tokens) {
        super(shop, logs);
        HttpClient http = Api.client();
        this.visitor = new Visitor(shop);
        this.audit = SaleAudit.of(shop);
        this.tokens = tokens;
        this.register = new BuyerRegister(shop.postgres());
        this.gateways = List.of(GATEWAY, SECOND).stream()
                .map(gateway -> new Api(http, shop.service(gateway).uri()))
                .toList();
    }

    static SaleShop start(Path logs) {
        TokenMint tokens = TokenMint.withNewKey();
        Shop shop = Shop.builder()
                .only(ORDERS, GATEWAY)
                .everywhere("messaging.retry.delays", "1s,2s,3s,5s")
                .everywhere("messaging.outbox.max-backoff", "2s")
                .property(ORDERS, "shop.tokens.private-key", tokens.privateKey())
                .property(ORDERS, "shop.sales.batch", Integer.toString(BATCH))
                .property(ORDERS, "shop.sales.grace", "1s")
                .property(ORDERS, "shop.orders.payment-window", LONG.toMinutes() + "m")
                // each statement goes to PostgreSQL as text, and the proxy can know it
                .property(ORDERS, "spring.datasource.hikari.data-source-properties.prepareThreshold", "0")
                .property(GATEWAY, "seckill.max-queue-length", Integer.toString(CAP))
                .property(GATEWAY, "seckill.confirm-timeout", "1s")
                .property(GATEWAY, "seckill.reconcile-after", RECONCILED_AFTER.toSeconds() + "s")
                .property(GATEWAY, "spring.data.redis.timeout", "2s")
                .proxied(ORDERS, Kind.RABBITMQ, Kind.POSTGRES)
                .proxied(GATEWAY, Kind.RABBITMQ, Kind.REDIS)
                .start();
        try {
            shop.another(GATEWAY).start();
            return new SaleShop(shop, logs, tokens);
        } catch (RuntimeException e) {
            shop.close();
            throw e;
        }
    }

    Visitor visitor() {
        return visitor;
    }

    SaleAudit audit() {
        return audit;
    }

    Broker broker() {
        return shop().rabbitMq().broker();
    }

    /** Between a service and the broker. */
    Proxy broker(String service) {
        return shop().proxy(service, Kind.RABBITMQ);
    }

    /** Between a gateway and Redis. */
    Proxy redis(String gateway) {
        return shop().proxy(gateway, Kind.REDIS);
    }

    /** Between the order service and its database. */
    Proxy database() {
        return shop().proxy(ORDERS, Kind.POSTGRES);
    }

    List<Service> gateways() {
        return List.of(service(GATEWAY), service(SECOND));
    }

    /** New customers, who are signed in. */
    List<Buyer> buyers(int number) {
        List<UUID> ids = Stream.generate(UUID::randomUUID).limit(number).toList();
        register.enter(ids);
        return ids.stream()
                .map(id -> new Buyer(id.toString(), tokens.customer(id)))
                .toList();
    }

    /** A sale, and buyers who come to it from now on, over both gateways. */
    AuditedRush rush(int buyers, int units) {
        return rush(buyers, units, () -> {});
    }

    /** As {@link #rush(int, int)}, with something done when all is ready, just before the first of them comes. */
    AuditedRush rush(int buyers, int units, Runnable first) {
        String sale = openSale(units);
        List<Buyer> ready = buyers(buyers);
        first.run();
        return rush(sale, units, ready);
    }

    /** These buyers come to this sale from now on, over both gateways. */
    AuditedRush rush(String sale, int units, List<Buyer> buyers) {
        return new AuditedRush(this, sale, units, gateways, buyers);
    }

    /** A sale, and buyers who come to it over both gateways; returns when some of this traffic of theirs is held up there. */
    AuditedRush rushInto(Proxy proxy, Traffic traffic, int buyers, int units) {
        return rushInto(proxy, traffic, buyers, units, gateways);
    }

    /** As {@link #rushInto(Proxy, Traffic, int, int)}, over one gateway. */
    AuditedRush rushInto(Proxy proxy, Traffic traffic, int buyers, int units, String gateway) {
        return rushInto(proxy, traffic, buyers, units, List.of(gateway(gateway)));
    }

    private AuditedRush rushInto(Proxy proxy, Traffic traffic, int buyers, int units, List<Api> over) {
        String sale = openSale(units);
        proxy.hold(traffic);
        AuditedRush rush = new AuditedRush(this, sale, units, over, buyers(buyers));
        proxy.awaitHeld(1);
        return rush;
    }

    /** A sale that lasts for longer than any test. */
    String openSale(int units) {
        return openSale(units, LONG);
    }

    /** Puts something on sale, from now on, and returns when it is there, and every gateway knows customers by their tokens. */
    String openSale(int units, Duration length) {
        JsonNode plentiful = visitor.products().stream()
                .max(Comparator.comparingInt(
                        product -> product.path("available").asInt()))
                .orElseThrow();
        String sale = visitor.openSale(plentiful, units, length);
        String token = buyers(1).get(0).token();
        for (Api gateway : gateways) {
            await().atMost(Duration.ofSeconds(30))
                    .until(
                            () -> gateway.withToken(token)
                                    .get("/purchases/" + sale + "." + UUID.randomUUID())
                                    .status(),
                            status -> status == 404);
        }
        return sale;
    }

    /** Waits until the sale is closed, and what is left of it went back. */
    void awaitClosed(String sale) {
        await().atMost(Duration.ofMinutes(1))
                .until(() -> visitor.orders().get("/sales/" + sale).expect(200).text("state"), "CLOSED"::equals);
    }

    /** Has the broker say again what was said of the sale until now, in any order. */
    void repeatOutcomes(String sale, Random random) {
        repeatOutcomes(sale, events -> Collections.shuffle(events, random));
    }

    /** Has the broker say again what was said of the sale until now, the newest first and the oldest last. */
    void repeatOutcomesBackwards(String sale) {
        repeatOutcomes(sale, Collections::reverse);
    }

    private void repeatOutcomes(String sale, Consumer<List<Recorded>> order) {
        List<Recorded> events = new ArrayList<>(audit.events());
        events.removeIf(event -> !event.body().contains(sale));
        order.accept(events);
        for (Recorded event : events) {
            BasicProperties properties = new BasicProperties.Builder()
                    .messageId(event.id())
                    .type(event.key())
                    .appId(event.publisher())
                    .correlationId(event.aggregate())
                    .contentType("application/json")
                    .deliveryMode(2)
                    .build();
            byte[] body = event.body().getBytes(StandardCharsets.UTF_8);
            await().until(
                            () -> broker().publish("shop.events", event.key(), properties, body),
                            Broker.Outcome.CONFIRMED::equals);
        }
    }

    /** Tickets of the sale that have no outcome yet, as Redis has it. */
    long pending(String sale) {
        return Long.parseLong(shop().redis().command("ZCARD", "seckill:{" + sale + "}:pending"));
    }

    /** Buyers who hold a ticket of the sale, as Redis has it. */
    long holders(String sale) {
        return Long.parseLong(shop().redis().command("HLEN", "seckill:{" + sale + "}:buyers"));
    }

    Api gateway(String name) {
        return gateways.get(name.equals(GATEWAY) ? 0 : 1);
    }
}
