package shop.order.sale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.GetResponse;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageBuilder;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;
import shop.events.PurchaseCommand;
import shop.order.Api;
import shop.order.WholeServiceTest;
import shop.order.sale.Suspects.Standing;
import shop.playground.servers.Broker;

/** A message that kills the process is found out, and nothing else pays for it. */
@WholeServiceTest
class SuspectsIT {
    private final Broker broker;
    private final JdbcClient database;
    private final SaleDriver sales;

    @Autowired
    private PurchasesConsumer consumer;

    @Autowired
    private Suspects suspects;

    @Autowired
    private TransactionTemplate transactions;

    SuspectsIT(@Autowired Api api, @Autowired JdbcClient database, Broker broker) {
        this.broker = broker;
        this.database = database;
        this.sales = new SaleDriver(api, database, broker);
    }

    @BeforeEach
    void nobodyConsumes() {
        sales.declareQueue();
        sales.awaitConsumer();
        consumer.stop();
        broker.purge(SaleDriver.PARKED);
    }

    @AfterEach
    void consumeAgain() {
        consumer.start();
    }

    @Test
    void whatDiedOnceIsDoneInCompanyAgain() {
        UUID sale = sales.open(50);
        List<PurchaseCommand> purchases = queued(sale, 50);
        dies(1);

        consumer.start();

        await().until(() -> sales.settled(sale) == 50);
        assertThat(transactions(purchases)).isLessThan(50);
        assertNobodyIsSuspected();
    }

    @Test
    void whatDiedTwiceIsDoneAloneAndInItsPlace() {
        UUID sale = sales.open(60);
        List<PurchaseCommand> company = queued(sale, 3);
        dies(2);
        List<PurchaseCommand> innocent = queued(sale, 50);
        sales.queue("sale.close", "{\"sale\": \"%s\"}".formatted(sale));
        List<PurchaseCommand> late = queued(sale, 1);

        consumer.start();

        await().until(() -> sales.settled(sale) == 54);
        assertThat(company)
                .allSatisfy(
                        purchase -> assertThat(sales.outcome(purchase.ticket())).isEqualTo("ORDERED"));
        assertThat(innocent)
                .allSatisfy(
                        purchase -> assertThat(sales.outcome(purchase.ticket())).isEqualTo("ORDERED"));
        assertThat(late)
                .allSatisfy(
                        purchase -> assertThat(sales.outcome(purchase.ticket())).isEqualTo("SALE_CLOSED"));
        assertThat(transactions(company)).isEqualTo(3);
        assertThat(transactions(innocent)).isLessThan(50);
        assertNobodyIsSuspected();
    }

    @Test
    void whatCameBeforeASuspectIsDoneBeforeIt() {
        UUID sale = sales.open(1);
        PurchaseCommand first = queued(sale, 1).get(0);
        PurchaseCommand suspect = queued(sale, 1).get(0);
        dies(1);
        suspects.note(digests(suspect.ticket()));

        consumer.start();

        await().until(() -> sales.settled(sale) == 2);
        assertThat(sales.outcome(first.ticket())).isEqualTo("ORDERED");
        assertThat(sales.outcome(suspect.ticket())).isEqualTo("SOLD_OUT");
        assertNobodyIsSuspected();
    }

    @Test
    void itIsNotedWhoIsAloneBeforeTheWorkBegins() {
        UUID sale = sales.open(10);
        queued(sale, 3);
        dies(2);

        transactions.executeWithoutResult(status -> {
            database.sql("select id from sales where id = ? for update")
                    .param(sale)
                    .query(UUID.class)
                    .single();
            consumer.start(); // and it gets no further than to the sale
            await().until(this::alone, alone -> alone == 1);
        });

        await().until(() -> sales.settled(sale) == 3);
        assertNobodyIsSuspected();
    }

    @Test
    void whatDiedAloneIsRefusedAndParkedAndNothingElseIs() {
        UUID sale = sales.open(10);
        List<PurchaseCommand> purchases = queued(sale, 3);
        PurchaseCommand killer = purchases.get(1);
        dies(2);
        diesAlone(killer.ticket());

        consumer.start();

        await().until(() -> sales.settled(sale) == 3);
        assertThat(sales.outcome(killer.ticket())).isEqualTo("UNPROCESSABLE");
        assertThat(sales.told("purchase.refused", sale)).containsExactly(killer.ticket());
        assertThat(sales.told("order.placed", sale)).hasSize(2).doesNotContain(killer.ticket());
        await().until(() -> broker.ready(SaleDriver.PARKED) == 1);
        GetResponse parked = broker.take(SaleDriver.PARKED).orElseThrow();
        assertThat(parked.getProps().getMessageId()).isEqualTo(killer.ticket());
        assertThat(parked.getProps().getHeaders().get("failure-reason").toString())
                .contains("The process died");
        assertNobodyIsSuspected();
    }

    @Test
    void aMarkerThatKillsIsParkedAndTheSaleGoesOn() {
        UUID sale = sales.open(10);
        sales.queue("sale.close", "{\"sale\": \"%s\"}".formatted(sale));
        dies(2);
        diesAlone("raw");
        List<PurchaseCommand> behind = queued(sale, 1);

        consumer.start();

        await().until(() -> broker.ready(SaleDriver.PARKED) == 1);
        sales.awaitOutcome(behind.get(0).ticket(), "ORDERED");
        assertNobodyIsSuspected();
    }

    @Test
    void whatCannotBeReadIsForgottenOnceItIsParked() {
        sales.queue("purchase", "{]");
        dies(2);

        consumer.start();

        await().until(() -> broker.ready(SaleDriver.PARKED) == 1);
        assertNobodyIsSuspected();
    }

    @Test
    void aVerdictNeedsADeathAlone() {
        List<String> two = List.of("one", "other");
        assertThat(suspects.note(two).values()).containsOnly(Standing.INNOCENT);
        assertThat(suspects.note(two).values()).containsOnly(Standing.SUSPECT);
        assertThat(suspects.isolate("one")).isTrue();
        assertThat(suspects.note(two)).containsEntry("one", Standing.GUILTY).containsEntry("other", Standing.SUSPECT);
        assertThat(suspects.clear(two, () -> "done")).isEqualTo("done");
        assertThat(suspects.note(two).values()).containsOnly(Standing.INNOCENT);
        assertThat(suspects.clear(two, () -> "done")).isEqualTo("done");
    }

    private List<PurchaseCommand> queued(UUID sale, int number) {
        List<PurchaseCommand> purchases = sales.customers(number).stream()
                .map(buyer -> SaleDriver.command(sale, buyer))
                .toList();
        sales.queue(purchases);
        return purchases;
    }

    /** Processes take all that is queued, and die; each but the first has noted what came again. The next one will, too. */
    private void dies(int times) {
        List<GetResponse> taken = broker.peek(SaleDriver.QUEUE);
        for (int again = 1; again < times; again++) {
            suspects.note(Suspects.among(
                    taken.stream().map(SuspectsIT::deliveredAgain).toList()));
        }
    }

    private void diesAlone(String messageId) {
        assertThat(digests(messageId))
                .isNotEmpty()
                .allSatisfy(digest -> assertThat(suspects.isolate(digest)).isTrue());
    }

    private List<String> digests(String messageId) {
        return broker.peek(SaleDriver.QUEUE).stream()
                .filter(message -> message.getProps().getMessageId().equals(messageId))
                .map(message -> Suspects.digest(deliveredAgain(message)))
                .toList();
    }

    private static Message deliveredAgain(GetResponse message) {
        return MessageBuilder.withBody(message.getBody()).setRedelivered(true).build();
    }

    /** In how many transactions these were settled. */
    private int transactions(List<PurchaseCommand> purchases) {
        return database.sql("select count(distinct xmin::text) from purchases where ticket = any(?)")
                .param(purchases.stream().map(PurchaseCommand::ticket).toArray(String[]::new))
                .query(Integer.class)
                .single();
    }

    private int alone() {
        return database.sql("select count(*) from suspects where alone")
                .query(Integer.class)
                .single();
    }

    private void assertNobodyIsSuspected() {
        await().untilAsserted(() -> assertThat(database.sql("select count(*) from suspects")
                        .query(Integer.class)
                        .single())
                .isZero());
    }
}
