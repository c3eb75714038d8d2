package shop.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static shop.system.SaleShop.GATEWAY;
import static shop.system.SaleShop.PURCHASES;
import static shop.system.SaleShop.SECOND;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import shop.playground.client.Answer;
import shop.playground.client.Buyer;
import shop.playground.proxy.Proxy;
import shop.playground.proxy.Traffic;
import shop.playground.shop.Service;

/** A gateway dies, freezes, or does not hear, at each point between the admission of a buyer and the broker's answer. */
@WithSaleShop
class GatewayFaultsIT {
    private static final int UNITS = 40;
    private static final int BUYERS = 60;

    private final SaleShop shop;
    private final Service gateway;
    private final Proxy broker;
    private final Proxy redis;

    GatewayFaultsIT(SaleShop shop) {
        this.shop = shop;
        this.gateway = shop.service(GATEWAY);
        this.broker = shop.broker(GATEWAY);
        this.redis = shop.redis(GATEWAY);
    }

    /** One sale without a fault: from then on Redis has the scripts, and the first call of each runs it. */
    @BeforeEach
    void sellOne() {
        shop.rush(1, 1).finish();
    }

    @Test
    void whoeverWasAdmittedBeforeTheDeathAndNotQueuedIsQueuedAfterIt() {
        AuditedRush rush = shop.rushInto(broker, Traffic.PUBLISHES, BUYERS, UNITS);

        shop.killAndRestart(GATEWAY);

        rush.check();
    }

    @Test
    void aPurchaseWhoseConfirmDiedWithTheGatewayCountsOnce() {
        AuditedRush rush = shop.rushInto(broker, Traffic.CONFIRMS, BUYERS, UNITS);

        shop.killAndRestart(GATEWAY);

        rush.check();
    }

    @Test
    void aUnitWhoseReleaseDiedWithTheGatewayIsSoldAllTheSame() {
        AuditedRush rush;
        shop.broker().limit(PURCHASES, 0);
        try {
            rush = shop.rushInto(redis, Traffic.saying(RedisScript.digest("release")), BUYERS, UNITS);
            shop.kill(GATEWAY);
        } finally {
            shop.broker().unlimit(PURCHASES);
        }
        shop.service(GATEWAY).start();

        rush.check();
    }

    @Test
    void aScriptThatRanThoughRedisDidNotAnswerInTimeLeaksNothing() {
        AuditedRush rush = shop.rushInto(redis, Traffic.TO_CLIENT, BUYERS, UNITS);
        awaitAdmission(rush);
        rush.awaitAnswers("unavailable", 3);

        redis.release();

        rush.check();
    }

    @Test
    void aScriptWhoseAnswerWasCutOffLeaksNothing() {
        AuditedRush rush = shop.rushInto(redis, Traffic.TO_CLIENT, BUYERS, UNITS);
        awaitAdmission(rush);

        redis.cut();

        rush.check();
    }

    /** What it makes of an admission that it hears of too late: it may publish it, or be out of patience and take it back. */
    @Test
    void aGatewayThatFreezesBeforeItsPublishAndGoesOnAfterTheReconcilerDoesNoHarm() {
        AuditedRush rush = shop.rushInto(redis, Traffic.TO_CLIENT, BUYERS, UNITS, GATEWAY);
        awaitAdmission(rush);
        gateway.freeze();
        redis.release();

        awaitOrdersByTheOther(rush);
        gateway.thaw();

        rush.check();
    }

    @Test
    void aPublishThatComesToTheBrokerAfterTheReconcilersOwnCountsOnce() {
        AuditedRush rush = shop.rushInto(broker, Traffic.PUBLISHES, BUYERS, UNITS, GATEWAY);
        gateway.freeze();

        awaitOrdersByTheOther(rush);
        broker.release();
        gateway.thaw();

        rush.check();
    }

    @Test
    void aBuyerWhoClicksHundredsOfTimesAtOnceGetsOneTicketAndOneUnit() {
        int units = 5;
        String sale = shop.openSale(units);
        Buyer buyer = shop.buyers(1).get(0);
        List<CompletableFuture<Answer>> clicks = IntStream.range(0, 400)
                .mapToObj(click -> shop.gateway(click % 2 == 0 ? GATEWAY : SECOND)
                        .withToken(buyer.token())
                        .postAsync("/sales/" + sale + "/purchases"))
                .toList();

        Set<String> tickets = clicks.stream()
                .map(CompletableFuture::join)
                .filter(answer -> answer.status() == 202)
                .map(answer -> answer.text("ticket"))
                .collect(Collectors.toSet());
        assertThat(tickets).hasSize(1);
        shop.audit().check(sale, tickets);
        assertThat(shop.audit().outcomes(sale)).containsOnlyKeys(tickets);
        assertThat(shop.audit().ordered(sale)).isEqualTo(1);
    }

    private void awaitAdmission(AuditedRush rush) {
        await().pollInterval(Duration.ofMillis(10)).until(() -> shop.pending(rush.sale()) > 0);
    }

    private void awaitOrdersByTheOther(AuditedRush rush) {
        await().atMost(Duration.ofSeconds(30)).until(() -> shop.audit().ordered(rush.sale()) > 0);
    }
}
