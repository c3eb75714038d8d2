package shop.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import shop.playground.servers.BreakableServer;
import shop.playground.servers.Redis;
import shop.playground.shop.Service;

/** A server dies under full rush. */
@WithSaleShop
class SaleServerFaultsIT {
    private static final int UNITS = 300;
    private static final int BUYERS = 450;
    private static final int FEW = 50;
    private static final int INTO_IT = 50; // buyers who are queued when it happens

    private final SaleShop shop;

    SaleServerFaultsIT(SaleShop shop) {
        this.shop = shop;
    }

    @Test
    void aBrokerThatDiesUnderFullRushCostsNobodyTheUnit() {
        AuditedRush rush = killed(shop.shop().rabbitMq());

        shop.shop().rabbitMq().start();

        rush.check();
    }

    @Test
    void aDatabaseThatDiesUnderFullRushCostsNobodyTheUnit() {
        AuditedRush rush = killed(shop.shop().postgres());

        shop.shop().postgres().start();

        rush.check();
    }

    @Test
    void countsThatDieAndComeBackWithTheirDataCostNobodyTheUnit() {
        AuditedRush rush = killed(shop.shop().redis());

        shop.shop().redis().start();

        rush.check();
    }

    @Test
    void countsThatComeBackWithoutTheirDataAreCountedAgain() {
        Redis redis = shop.shop().redis();
        AuditedRush rush = killed(redis);
        redis.wipe();

        redis.start();

        rush.checkAfterDataLoss();
    }

    /** Redis' file is written to the disk once a second, and a replica is a little behind: the last of it may be lost. */
    @Test
    void outcomesThatTheCountsHadAndLostAreToldAgain(@TempDir Path earlier) throws IOException {
        Redis redis = shop.shop().redis();
        Path file = Path.of("/proc", Long.toString(redis.pid().orElseThrow()), "cwd", "appendonly.aof")
                .toRealPath();
        Service orders = shop.service(SaleShop.ORDERS);
        AuditedRush rush = shop.rush(FEW, FEW, orders::freeze);
        rush.awaitAccepted(FEW);
        Path copy = Files.copy(file, earlier.resolve("appendonly.aof"));
        orders.thaw();
        rush.finish();
        await().until(() -> shop.pending(rush.sale()) == 0);

        redis.kill();
        Files.copy(copy, file, StandardCopyOption.REPLACE_EXISTING);
        redis.start();

        assertThat(shop.pending(rush.sale()))
                .as("tickets that are settled in the database alone")
                .isEqualTo(FEW);
        rush.check();
    }

    private AuditedRush killed(BreakableServer server) {
        AuditedRush rush = shop.rush(BUYERS, UNITS);
        rush.awaitAccepted(INTO_IT);
        server.kill();
        return rush;
    }
}
