package shop.system;

import org.junit.jupiter.api.Test;
import shop.playground.servers.BreakableServer;
import shop.playground.servers.Redis;

/** A server dies under full rush. */
@WithSaleShop
class SaleServerFaultsIT {
    private static final int UNITS = 300;
    private static final int BUYERS = 450;
    private static final int INTO_IT = 50; // buyers who are queued when it happens

    private final SaleShop shop;

    SaleServerFaultsIT(SaleShop shop) {
        this.shop = shop;
    }

    @Test
    void aBrokerThatDiesUnderFullRushCostsNobodyTheUnit() {
        SaleRush rush = killed(shop.shop().rabbitMq());

        shop.shop().rabbitMq().start();

        rush.check();
    }

    @Test
    void aDatabaseThatDiesUnderFullRushCostsNobodyTheUnit() {
        SaleRush rush = killed(shop.shop().postgres());

        shop.shop().postgres().start();

        rush.check();
    }

    @Test
    void countsThatDieAndComeBackWithTheirDataCostNobodyTheUnit() {
        SaleRush rush = killed(shop.shop().redis());

        shop.shop().redis().start();

        rush.check();
    }

    @Test
    void countsThatComeBackWithoutTheirDataAreCountedAgain() {
        Redis redis = shop.shop().redis();
        SaleRush rush = killed(redis);
        redis.wipe();

        redis.start();

        rush.checkAfterDataLoss();
    }

    private SaleRush killed(BreakableServer server) {
        SaleRush rush = shop.rush(BUYERS, UNITS);
        rush.awaitAccepted(INTO_IT);
        server.kill();
        return rush;
    }
}
