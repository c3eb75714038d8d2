package shop.system;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import shop.playground.servers.BreakableServer;
import shop.playground.servers.RabbitMq;

/** A server dies, freezes or refuses while customers go on ordering. */
@WithProxiedShop
class ServerFaultsIT {
    private static final int ORDERS = 20;

    private final ProxiedShop shop;

    ServerFaultsIT(ProxiedShop shop) {
        this.shop = shop;
    }

    @Test
    @Tag("long-faults")
    void aBrokerThatDiesOnlyDelays() {
        Load load = shop.load(ORDERS);
        load.awaitOrders(5);
        shop.shop().rabbitMq().kill();
        load.finish(); // nobody who orders needs the broker

        shop.shop().rabbitMq().start();
        shop.audit().check();
    }

    @Test
    @Tag("long-faults")
    void aBrokerThatFreezesOnlyDelays() {
        RabbitMq broker = shop.shop().rabbitMq();
        Load load = shop.load(ORDERS);
        load.awaitOrders(5);
        broker.freeze();
        load.finish();
        awaitUnsentFor(Duration.ofSeconds(15)); // by then every publish has run into its timeout

        broker.thaw();
        shop.audit().check();
    }

    @Test
    void aBrokerThatIsShortOfMemoryOnlyDelays() {
        RabbitMq broker = shop.shop().rabbitMq();
        broker.blockPublishers();
        try {
            shop.load(ORDERS).finish();
            awaitUnsentFor(Duration.ofSeconds(8));
        } finally {
            broker.unblockPublishers();
        }
        shop.audit().check();
    }

    @Test
    void aDatabaseThatDiesLosesNothingThatWasAnswered() {
        diesUnderLoad(shop.shop().postgres());
    }

    @Test
    void aCacheThatDiesHurtsNobody() {
        diesUnderLoad(shop.shop().redis());
    }

    private void diesUnderLoad(BreakableServer server) {
        Load load = shop.load(ORDERS);
        load.awaitOrders(5);
        server.kill();
        server.start();
        load.finish();

        shop.audit().check();
    }

    private void awaitUnsentFor(Duration time) {
        await().atMost(Duration.ofMinutes(1)).until(() -> shop.audit().unsent(time) > 0);
    }
}
