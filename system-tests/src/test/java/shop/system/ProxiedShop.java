package shop.system;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import shop.playground.audit.Audit;
import shop.playground.proxy.Proxy;
import shop.playground.servers.Kind;
import shop.playground.shop.Shop;

/** A shop to be broken: with a proxy wherever a service asks a server, and the audit of everything that happens in it. */
final class ProxiedShop extends FaultyShop {
    /** Between the first try of a message and the last. */
    static final Duration ALL_RETRIES = Duration.ofSeconds(1 + 2 + 3 + 5);

    private final Visitor visitor;
    private final Audit audit;

    private ProxiedShop(Shop shop, Path logs) {
        super(shop, logs);
        this.visitor = new Visitor(shop);
        this.audit = Audit.of(shop);
    }

    static ProxiedShop start(Path logs) {
        Shop shop = Shop.builder()
                .everywhere("messaging.retry.delays", "1s,2s,3s,5s")
                .everywhere("messaging.outbox.max-backoff", "2s")
                .everywhere("messaging.claims.lease", "12s") // of a service that is killed
                .everywhere("messaging.breaker.pause", "1s")
                .property("email-service", "spring.mail.properties.mail.smtp.connectiontimeout", "500")
                .property("email-service", "spring.mail.properties.mail.smtp.timeout", "700")
                .property("email-service", "spring.mail.properties.mail.smtp.writetimeout", "500")
                .property("delivery-service", "shop.delivery.transit", "1s")
                // each statement goes to PostgreSQL as text, and the proxy can know it
                .property("order-service", "spring.datasource.hikari.data-source-properties.prepareThreshold", "0")
                .proxied("order-service", Kind.RABBITMQ, Kind.POSTGRES, Kind.REDIS)
                .proxied("delivery-service", Kind.RABBITMQ, Kind.POSTGRES)
                .proxied("email-service", Kind.RABBITMQ)
                .proxied("sms-service", Kind.RABBITMQ)
                .start();
        try {
            return new ProxiedShop(shop, logs);
        } catch (RuntimeException e) {
            shop.close();
            throw e;
        }
    }

    Visitor visitor() {
        return visitor;
    }

    Audit audit() {
        return audit;
    }

    /** Between the service and the broker. */
    Proxy broker(String service) {
        return shop().proxy(service, Kind.RABBITMQ);
    }

    /** Between the service and its database. */
    Proxy database(String service) {
        return shop().proxy(service, Kind.POSTGRES);
    }

    /** Customers who come from now on, one after the other, and order this many times at least, until it is finished. */
    Load load(int orders) {
        return new Load(visitor, orders, ThreadLocalRandom.current().nextLong());
    }
}
