package shop.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static shop.system.SaleShop.GATEWAY;
import static shop.system.SaleShop.ORDERS;
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
    private static final int SOME = 5; // of the buyers

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

        check(rush);
    }

    @Test
    void aPurchaseWhoseConfirmDiedWithTheGatewayCountsOnce() {
        AuditedRush rush = shop.rushInto(broker, Traffic.CONFIRMS, BUYERS, UNITS);

        shop.killAndRestart(GATEWAY);

        check(rush);
    }

    /** Nobody drains meanwhile: whoever lost the ticket would come again for another one. */
    @Test
    void aPurchaseWhoseConfirmWasCutOffKeepsItsTicket() {
        Service orders = shop.service(ORDERS);
        AuditedRush rush = shop.rush(BUYERS, UNITS, () -> {
            orders.freeze();
            broker.hold(Traffic.CONFIRMS);
        });
        broker.awaitHeld(1);

        broker.cut();

        rush.awaitAccepted(UNITS);
        orders.thaw();
        check(rush);
    }

    /** The broker says no to attempt 1 and yes to attempt 2, and both are heard when attempt 2 is in the queue. */
    @Test
    void aRefusalThatIsHeardAfterTheNextAttemptReleasesNothing() {
        Service orders = shop.service(ORDERS);
        Service second = shop.service(SECOND);
        AuditedRush rush;
        shop.broker().limit(PURCHASES, 0);
        try {
            rush = shop.rushInto(broker, Traffic.CONFIRMS, BUYERS, UNITS, GATEWAY);
            second.freeze();
            orders.kill();
        } finally {
            shop.broker().unlimit(PURCHASES);
        }
        await().atMost(Duration.ofSeconds(30)).until(() -> shop.broker().ready(PURCHASES), ready -> ready >= UNITS);

        broker.release();

        rush.awaitAccepted(UNITS);
        second.thaw();
        orders.start();
        check(rush);
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

        check(rush);
    }

    @Test
    void aScriptThatRanThoughRedisDidNotAnswerInTimeLeaksNothing() {
        AuditedRush rush = shop.rushInto(redis, Traffic.TO_CLIENT, BUYERS, UNITS);
        awaitAdmission(rush);
        rush.awaitAnswers("unavailable", 3);

        redis.release();

        check(rush);
    }

    @Test
    void aScriptWhoseAnswerWasCutOffLeaksNothing() {
        AuditedRush rush = shop.rushInto(redis, Traffic.TO_CLIENT, BUYERS, UNITS);
        awaitAdmission(rush);

        redis.cut();

        check(rush);
    }

    /** What it makes of admissions that it hears of too late: it may publish them, or be out of patience and take them back. */
    @Test
    void aGatewayThatFreezesBeforeItsPublishAndGoesOnAfterTheReconcilerDoesNoHarm() {
        AuditedRush rush = shop.rushInto(redis, Traffic.TO_CLIENT, BUYERS, UNITS, GATEWAY);
        awaitAdmission(rush);
        gateway.freeze();
        redis.release();

        awaitEveryTicketOrdered(rush);
        gateway.thaw();

        check(rush);
    }

    /** Its publishes are on their way when it freezes. The other takes the next attempts; then they come to the broker. */
    @Test
    void aGatewayThatFreezesAtItsPublishAndGoesOnAfterTheReconcilersOwnDoesNoHarm() {
        AuditedRush rush = shop.rushInto(broker, Traffic.PUBLISHES, BUYERS, UNITS, GATEWAY);
        awaitAdmission(rush);
        gateway.freeze();

        awaitEveryTicketOrdered(rush);
        int confirmed = broker.count(Traffic.CONFIRMS);
        broker.release();
        await().until(() -> broker.count(Traffic.CONFIRMS) > confirmed);
        gateway.thaw();

        check(rush);
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

        assertThat(clicks).extracting(click -> click.join().status()).isSubsetOf(202, 503);
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

    /** And as nothing was released that went to the broker, nobody was admitted in vain, or twice. */
    private void check(AuditedRush rush) {
        rush.check();
        assertThat(shop.audit().outcomes(rush.sale())).doesNotContainValue("REFUSED");
    }

    private void awaitAdmission(AuditedRush rush) {
        await().pollInterval(Duration.ofMillis(10)).until(() -> shop.pending(rush.sale()) >= SOME);
    }

    /** By the other: nothing that this gateway publishes gets through. */
    private void awaitEveryTicketOrdered(AuditedRush rush) {
        await().atMost(Duration.ofSeconds(30)).until(() -> {
            long tickets = shop.holders(rush.sale());
            return tickets >= SOME && shop.audit().ordered(rush.sale()) == tickets;
        });
    }
}
