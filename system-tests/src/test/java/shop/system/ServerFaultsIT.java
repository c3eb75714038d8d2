package shop.system;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import shop.playground.servers.BreakableServer;
import shop.playground.servers.Postgres;
import shop.playground.servers.RabbitMq;
import shop.playground.servers.Redis;

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
        RabbitMq broker = shop.shop().rabbitMq();
        Load load = killedUnderLoad(broker);
        load.awaitMore(5); // nobody who orders needs the broker
        startedUnderLoad(broker, load);
    }

    @Test
    @Tag("long-faults")
    void aBrokerThatFreezesOnlyDelays() {
        RabbitMq broker = shop.shop().rabbitMq();
        Load load = shop.load(ORDERS);
        load.awaitMore(5);
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
        Postgres database = shop.shop().postgres();
        startedUnderLoad(database, killedUnderLoad(database));
    }

    @Test
    void aCacheThatDiesHurtsNobody() {
        Redis cache = shop.shop().redis();
        Load load = killedUnderLoad(cache);
        load.awaitMore(5); // nobody who orders needs the cache
        startedUnderLoad(cache, load);
    }

    private Load killedUnderLoad(BreakableServer server) {
        Load load = shop.load(ORDERS);
        load.awaitMore(5);
        server.kill();
        return load;
    }

    private void startedUnderLoad(BreakableServer server, Load load) {
        server.start();
        load.awaitMore(5);
        load.finish();
        shop.audit().check();
    }

    private void awaitUnsentFor(Duration time) {
        await().atMost(Duration.ofMinutes(1)).until(() -> shop.audit().unsent(time) > 0);
    }
}
