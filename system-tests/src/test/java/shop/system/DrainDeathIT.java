package shop.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static shop.system.SaleShop.BATCH;
import static shop.system.SaleShop.CAP;
import static shop.system.SaleShop.GATEWAY;
import static shop.system.SaleShop.ORDERS;
import static shop.system.SaleShop.PARKED;
import static shop.system.SaleShop.PURCHASES;
import static shop.system.SaleShop.RECONCILED_AFTER;

import com.rabbitmq.client.GetResponse;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import shop.playground.client.Answer;
import shop.playground.client.Api;
import shop.playground.client.Books;
import shop.playground.client.Buyer;
import shop.playground.client.Customer;
import shop.playground.proxy.Traffic;
import shop.playground.servers.Postgres;
import shop.playground.shop.Service;

/** The order service dies at the draining of the queue, or is away; and what it says about purchases comes as it likes. */
@WithSaleShop
class DrainDeathIT {
    private static final long SEED = 20; // of the order in which outcomes come again
    private static final int UNITS = 60;
    private static final int BUYERS = 90;
    private static final int CANCELLED = 7;
    private static final int DEATHS = 3; // in a batch, in a batch again, alone

    private final SaleShop shop;
    private final Service orders;

    DrainDeathIT(SaleShop shop) {
        this.shop = shop;
        this.orders = shop.service(ORDERS);
    }

    @Test
    void aBatchInWhoseMiddleTheServiceDiedIsDoneOnceAfterIt() {
        AuditedRush rush = shop.rushInto(shop.database(), Traffic.saying("insert into purchases"), BUYERS, UNITS);

        shop.killAndRestart(ORDERS);

        rush.check();
    }

    @Test
    void aBatchThatWasAllButCommittedWhenTheServiceDiedIsDoneOnceAfterIt() {
        AuditedRush rush = shop.rushInto(shop.database(), Traffic.saying("COMMIT"), BUYERS, UNITS);
        await().atMost(Duration.ofSeconds(30))
                .until(this::uncommittedPurchases, uncommitted -> uncommitted > 0); // the first COMMIT may be another's

        shop.killAndRestart(ORDERS);

        rush.check();
    }

    @Test
    void aBatchWhoseAcknowledgementDiedWithTheServiceIsKnownAgain() {
        AuditedRush rush = shop.rushInto(shop.broker(ORDERS), Traffic.ACKS, BUYERS, UNITS);

        shop.killAndRestart(ORDERS);

        rush.check();
    }

    @Test
    void aPurchaseThatKillsTheServiceAgainAndAgainIsRefusedAndParkedAndItsNeighboursAreOrdered() {
        int neighbours = 2 * BATCH;
        String sale = shop.openSale(UNITS);
        orders.kill();
        List<Buyer> buyers = shop.buyers(neighbours + 1);
        AuditedRush rush = shop.rush(sale, UNITS, buyers);
        rush.awaitAccepted(buyers.size());
        String deadly = buyers.get(BATCH / 2).email();

        for (int deaths = 0; deaths < DEATHS; deaths++) {
            shop.database().hold(Traffic.saying("from customers", deadly));
            orders.start();
            shop.database().awaitHeld(1);
            shop.kill(ORDERS);
        }
        orders.start();

        List<GetResponse> parked = new ArrayList<>();
        await().atMost(Duration.ofSeconds(30)).until(() -> {
            parked.addAll(shop.broker().takeAll(PARKED));
            return !parked.isEmpty();
        });
        assertThat(parked).hasSize(1);
        assertThat(new String(parked.get(0).getBody(), StandardCharsets.UTF_8)).contains(deadly);
        assertThat(rush.finish().refused()).isEqualTo(1);
        shop.audit().check(sale, rush.accepted());
        assertThat(shop.audit().ordered(sale)).isEqualTo(neighbours);
    }

    @Test
    void nothingIsAddedToAFullQueueHoweverLongTheServiceIsAway() {
        String sale = shop.openSale(CAP + BUYERS);
        orders.kill();
        AuditedRush rush = shop.rush(sale, CAP + BUYERS, shop.buyers(CAP + BUYERS));
        rush.awaitAccepted(CAP);
        Map<String, String> attempts = attempts(rush);

        await().during(RECONCILED_AFTER.multipliedBy(8))
                .atMost(RECONCILED_AFTER.multipliedBy(9))
                .until(() -> shop.broker().ready(PURCHASES), ready -> ready == CAP);
        assertThat(attempts(rush)).hasSize(CAP).isEqualTo(attempts);

        orders.start();
        rush.check();
    }

    @Test
    void outcomesThatComeAgainAndInAnyOrderChangeNothing() {
        String sale = shop.openSale(UNITS);
        List<Buyer> buyers = shop.buyers(BUYERS);
        AuditedRush rush = shop.rush(sale, UNITS, buyers);
        rush.check();
        assertThat(cancel(sale, buyers, CANCELLED)).isEqualTo(CANCELLED);
        shop.audit().check(sale, rush.accepted());

        shop.repeatOutcomes(rush.sale(), new Random(SEED));
        shop.audit().check(rush.sale(), rush.accepted());

        shop.repeatOutcomesBackwards(rush.sale()); // what comes last knows least
        shop.audit().check(rush.sale(), rush.accepted());
    }

    @Test
    void whatWasQueuedBeforeTheEndOfASaleCountsAndTheOtherUnitsGoBack() {
        String sale = shop.openSale(UNITS, Duration.ofSeconds(10));
        orders.kill();
        List<Buyer> buyers = shop.buyers(UNITS / 2);
        AuditedRush rush = shop.rush(sale, UNITS, buyers);
        rush.awaitAccepted(1);
        Api again = shop.gateway(GATEWAY).withToken(buyers.get(0).token());
        await().atMost(Duration.ofSeconds(20))
                .until(
                        () -> again.postAsync("/sales/" + sale + "/purchases")
                                .join()
                                .problem(),
                        "sale-closed"::equals);

        orders.start();

        Books books = rush.finish();
        shop.awaitClosed(sale);
        shop.audit().check(sale, rush.accepted());
        assertThat(shop.visitor()
                        .operator()
                        .get("/sales/" + sale + "/balance")
                        .expect(200)
                        .number("returned"))
                .isEqualTo(UNITS - rush.accepted().size());
        assertThat(books.ordered())
                .as(books + ", answers " + rush.answers())
                .isEqualTo(rush.accepted().size());
    }

    /** Has so many of them cancel what they bought. */
    private long cancel(String sale, List<Buyer> buyers, int number) {
        return buyers.stream()
                .flatMap(buyer -> order(sale, buyer)
                        .map(order -> Customer.cancel(shop.visitor().orders().withToken(buyer.token()), order))
                        .stream())
                .limit(number)
                .count();
    }

    private Optional<String> order(String sale, Buyer buyer) {
        Answer own = shop.gateway(GATEWAY).withToken(buyer.token()).get("/sales/" + sale + "/purchases");
        return own.status() == 200 ? Optional.of(own.text("order")) : Optional.empty();
    }

    /** Transactions that have written purchases and whose client says nothing more. */
    private int uncommittedPurchases() throws SQLException {
        Postgres postgres = shop.shop().postgres();
        try (Connection connection = DriverManager.getConnection(
                        postgres.database("orders"), postgres.username(), postgres.password());
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("""
                        select count(*) from pg_locks join pg_stat_activity using (pid)
                        where relation = 'purchases'::regclass and mode = 'RowExclusiveLock'
                        and state = 'idle in transaction' and now() - state_change > interval '200 ms'""")) {
            row.next();
            return row.getInt(1);
        }
    }

    /** How often each accepted ticket was published. */
    private Map<String, String> attempts(AuditedRush rush) {
        return rush.accepted().stream()
                .collect(Collectors.toMap(
                        ticket -> ticket,
                        ticket -> shop.shop()
                                .redis()
                                .command(
                                        "HGET",
                                        "seckill:{%s}:ticket:%s".formatted((Object[]) ticket.split("\\.", -1)),
                                        "attempt")));
    }
}
