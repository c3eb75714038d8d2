package shop.order.sale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.GetResponse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;
import shop.events.PurchaseCommand;
import shop.messaging.Ids;
import shop.order.Api;
import shop.order.Api.Answer;
import shop.order.Api.Caller;
import shop.order.WholeServiceTest;
import shop.playground.servers.BadMessages;
import shop.playground.servers.BadMessages.BadMessage;
import shop.playground.servers.Broker;
import tools.jackson.databind.JsonNode;

@WholeServiceTest
@ExtendWith(OutputCaptureExtension.class)
class SaleIT {
    private final Api api;
    private final JdbcClient database;
    private final Broker broker;
    private final SaleDriver sales;
    private final TransactionTemplate transactions;

    SaleIT(
            @Autowired Api api,
            @Autowired JdbcClient database,
            @Autowired TransactionTemplate transactions,
            Broker broker) {
        this.api = api;
        this.database = database;
        this.transactions = transactions;
        this.broker = broker;
        this.sales = new SaleDriver(api, database, broker);
    }

    @BeforeEach
    void queueIsThere() {
        sales.declareQueue(); // later than the service starts, as a gateway may
        sales.awaitConsumer();
        broker.purge(SaleDriver.PARKED);
    }

    @Test
    void takesItsUnitsOutOfTheProductsStockAndIsAnnounced() {
        int before = sales.stock(SaleDriver.CABLE);
        Instant opens = Instant.parse("2099-06-01T18:00:00Z");

        Answer opened = api.post(
                "/sales", api.operator(), SaleDriver.request(SaleDriver.CABLE, 70, opens, opens.plusSeconds(60)));

        assertThat(opened.status()).isEqualTo(201);
        UUID sale = UUID.fromString(opened.text("id"));
        assertThat(opened.header("Location")).isEqualTo("/sales/" + sale);
        assertThat(opened.json().toString())
                .isEqualTo(
                        "{\"id\":\"%s\",\"product\":\"%s\",\"name\":\"USB-C cable\",\"price\":{\"amount\":450,\"currency\":\"EUR\"},\"opens\":\"2099-06-01T18:00:00Z\",\"closes\":\"2099-06-01T18:01:00Z\",\"state\":\"OPEN\",\"allotment\":70,\"left\":70,\"version\":1}"
                                .formatted(sale, SaleDriver.CABLE));
        assertThat(api.get("/sales/" + sale, Api.NOBODY).body()).isEqualTo(opened.body());
        assertThat(sales.stock(SaleDriver.CABLE)).isEqualTo(before - 70);
        assertThat(sales.told("sale.announced", sale)).hasSize(1);
        assertThat(balance(sale)).isEqualTo("left 70, returned 0, ordered 0, refused 0: balanced");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            01890000-0000-7000-8000-000000000003 | 0       | 450  | EUR | 2990-01-01T00:00:00Z | 2990-01-02T00:00:00Z
            01890000-0000-7000-8000-000000000003 | 1000001 | 450  | EUR | 2990-01-01T00:00:00Z | 2990-01-02T00:00:00Z
            01890000-0000-7000-8000-000000000003 | 1.5     | 450  | EUR | 2990-01-01T00:00:00Z | 2990-01-02T00:00:00Z
            01890000-0000-7000-8000-000000000003 | 1       | 0    | EUR | 2990-01-01T00:00:00Z | 2990-01-02T00:00:00Z
            01890000-0000-7000-8000-000000000003 | 1       | 1e99 | EUR | 2990-01-01T00:00:00Z | 2990-01-02T00:00:00Z
            01890000-0000-7000-8000-000000000003 | 1       | 450  | eur | 2990-01-01T00:00:00Z | 2990-01-02T00:00:00Z
            01890000-0000-7000-8000-000000000003 | 1       | 450  | USD | 2990-01-01T00:00:00Z | 2990-01-02T00:00:00Z
            01890000-0000-7000-8000-000000000003 | 1       | 450  | EUR | 2990-01-02T00:00:00Z | 2990-01-01T00:00:00Z
            01890000-0000-7000-8000-000000000003 | 1       | 450  | EUR | 2990-01-01T00:00:00Z | 2990-01-01T00:00:00Z
            01890000-0000-7000-8000-000000000003 | 1       | 450  | EUR | 2020-01-01T00:00:00Z | 2020-01-02T00:00:00Z
            01890000-0000-7000-8000-000000000003 | 1       | 450  | EUR | 1969-01-01T00:00:00Z | 2990-01-02T00:00:00Z
            01890000-0000-7000-8000-000000000003 | 1       | 450  | EUR | 2990-01-01T00:00:00Z | +12345-01-02T00:00:00Z
            01890000-0000-7000-8000-000000000003 | 1       | 450  | EUR | soon                 | 2990-01-02T00:00:00Z
            01890000-0000-7000-8000-000000000099 | 1       | 450  | EUR | 2990-01-01T00:00:00Z | 2990-01-02T00:00:00Z
            keyboard                             | 1       | 450  | EUR | 2990-01-01T00:00:00Z | 2990-01-02T00:00:00Z
            """)
    void refusesASaleThatMakesNoSense(
            String product, String allotment, String amount, String currency, String opens, String closes) {
        int before = sales.stock(SaleDriver.CABLE);

        Answer answer =
                api.post("/sales", api.operator(), """
                {"product": "%s", "allotment": %s, "price": {"amount": %s, "currency": "%s"},
                 "opens": "%s", "closes": "%s"}""".formatted(product, allotment, amount, currency, opens, closes));

        assertThat(answer.status()).as(answer.body()).isEqualTo(400);
        assertThat(answer.problem()).isEqualTo("invalid-request");
        assertThat(sales.stock(SaleDriver.CABLE)).isEqualTo(before);
    }

    @Test
    void refusesWhatIsMissingOrTooMuch() {
        Caller operator = api.operator();
        assertThat(api.post("/sales", operator, "{}").problem()).isEqualTo("invalid-request");
        assertThat(api.post("/sales", operator, "").problem()).isEqualTo("invalid-request");
        Instant opens = Instant.now().plusSeconds(60);
        Answer answer =
                api.post("/sales", operator, SaleDriver.request(Api.LAMP, 900_000, opens, opens.plusSeconds(60)));
        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.problem()).isEqualTo("out-of-stock");
        assertThat(api.get("/sales/" + Ids.next(), operator).status()).isEqualTo(404);
        assertThat(api.get("/sales/" + Ids.next() + "/balance", operator).status())
                .isEqualTo(404);
        assertThat(api.get("/sales/17", operator).status()).isEqualTo(400);
    }

    @Test
    void isTheOperatorsBusiness() {
        Caller customer = api.customer();
        UUID sale = sales.open(1);
        String path = "/sales/" + sale + "/balance";

        assertThat(api.post("/sales", customer, "{}").status()).isEqualTo(403);
        assertThat(api.post("/sales", Api.NOBODY, "{}").status()).isEqualTo(401);
        assertThat(api.get(path, customer).status()).isEqualTo(403);
        assertThat(api.get(path, Api.NOBODY).status()).isEqualTo(401);
    }

    @Test
    void turnsAPurchaseIntoAnOrderThatItsBuyerSees() {
        Caller buyer = api.customer();
        UUID sale = sales.open(5);
        PurchaseCommand command = SaleDriver.command(sale, UUID.fromString(buyer.id()));

        sales.queue(command);

        sales.awaitOutcome(command.ticket(), "ORDERED");
        Answer order = api.get("/orders/" + sales.order(command.ticket()), buyer);
        assertThat(order.text("state")).isEqualTo("PLACED");
        assertThat(order.text("sale")).isEqualTo(sale.toString());
        assertThat(order.text("ticket")).isEqualTo(command.ticket());
        assertThat(order.json().at("/total/amount").asInt()).isEqualTo(450);
        assertThat(order.json().at("/lines/0/name").asString()).isEqualTo("USB-C cable");
        assertThat(balance(sale)).isEqualTo("left 4, returned 0, ordered 1, refused 0: balanced");
    }

    @Test
    void sellsEveryUnitOnceWhateverTheCrowdDoes() {
        UUID sale = sales.open(100);
        List<UUID> buyers = sales.customers(1000);
        List<PurchaseCommand> commands = new ArrayList<>();
        for (UUID buyer : buyers) {
            commands.add(SaleDriver.command(sale, buyer));
        }
        for (UUID greedy : buyers.subList(0, 400)) {
            commands.add(SaleDriver.command(sale, greedy)); // a second ticket
        }
        commands.addAll(commands.subList(100, 700)); // the same tickets again
        Collections.shuffle(commands, new Random(17));
        assertThat(commands).hasSize(2000);

        sales.queue(commands);

        await().until(() -> sales.settled(sale) == 1400);
        await().until(() -> broker.ready(SaleDriver.QUEUE) == 0);
        assertThat(balance(sale)).isEqualTo("left 0, returned 0, ordered 100, refused 1300: balanced");
        List<String> ordered = sales.told("order.placed", sale);
        List<String> refused = sales.told("purchase.refused", sale);
        assertThat(ordered).hasSize(100).doesNotHaveDuplicates();
        assertThat(refused).hasSize(1300).doesNotHaveDuplicates().doesNotContainAnyElementsOf(ordered);
        assertThat(sales.toldTogether(sale)).containsExactlyInAnyOrderElementsOf(ordered);
        assertThat(database.sql("select count(distinct customer) from orders where sale = ?")
                        .param(sale)
                        .query(Integer.class)
                        .single())
                .isEqualTo(100);
    }

    @Test
    void tellsTheGatewaysOfAllOrdersOfABatchTogether() {
        UUID sale = sales.open(40);
        List<PurchaseCommand> commands = sales.customers(41).stream()
                .map(buyer -> SaleDriver.command(sale, buyer))
                .toList();

        transactions.executeWithoutResult(held -> {
            database.sql("select id from sales where id = ? for update")
                    .param(sale)
                    .query(UUID.class)
                    .single();
            sales.queue(commands); // so that the first batch waits, and all that came meanwhile is the second
        });

        await().until(() -> sales.settled(sale) == 41);
        assertThat(sales.toldTogether(sale))
                .containsExactlyInAnyOrderElementsOf(sales.told("order.placed", sale))
                .hasSize(40);
        assertThat(sales.told("purchases.ordered", sale)).hasSizeBetween(1, 2);
    }

    @Test
    void tellsTheGatewaysWhichTicketBecameWhichOrderAndWhatIsLeft() {
        UUID sale = sales.open(3);
        PurchaseCommand command = SaleDriver.command(sale, sales.customers(1).get(0));

        sales.queue(command);

        sales.awaitOutcome(command.ticket(), "ORDERED");
        JsonNode told = sales.answer("purchases.ordered", sale.toString(), null).orElseThrow();
        assertThat(told.get("left").asInt()).isEqualTo(2);
        assertThat(told.get("version").asLong())
                .isEqualTo(sales.balance(sale).get("version").asLong());
        assertThat(told.get("orders")).hasSize(1);
        JsonNode order = told.get("orders").get(0);
        assertThat(order.get("ticket").asString()).isEqualTo(command.ticket());
        assertThat(order.get("buyer").asString()).isEqualTo(command.buyer().toString());
        assertThat(order.get("order").asString()).isEqualTo(sales.order(command.ticket()));
    }

    @Test
    void givesEveryRefusalItsReason() {
        UUID sale = sales.open(2);
        List<UUID> buyers = sales.customers(3);
        PurchaseCommand first = SaleDriver.command(sale, buyers.get(0));
        PurchaseCommand again = SaleDriver.command(sale, buyers.get(0));
        PurchaseCommand stranger = SaleDriver.command(sale, Ids.next());
        PurchaseCommand nowhere = SaleDriver.command(Ids.next(), buyers.get(1));
        PurchaseCommand second = SaleDriver.command(sale, buyers.get(1));
        PurchaseCommand late = SaleDriver.command(sale, buyers.get(2));

        sales.queue(first, again, stranger, nowhere, second, late);

        sales.awaitOutcome(late.ticket(), "SOLD_OUT");
        assertThat(sales.outcome(first.ticket())).isEqualTo("ORDERED");
        assertThat(sales.outcome(again.ticket())).isEqualTo("ALREADY_BOUGHT");
        assertThat(sales.outcome(stranger.ticket())).isEqualTo("UNKNOWN_BUYER");
        assertThat(sales.outcome(nowhere.ticket())).isEqualTo("UNKNOWN_SALE");
        assertThat(sales.outcome(second.ticket())).isEqualTo("ORDERED");
        assertThat(sales.told("purchase.refused", nowhere.sale())).containsExactly(nowhere.ticket());
    }

    @Test
    void whatBecomesOfAPurchaseBelongsToTheTraceOfItsOwnRequest() {
        UUID sale = sales.open(2);
        List<UUID> buyers = sales.customers(4);
        List<PurchaseCommand> commands =
                buyers.stream().map(buyer -> SaleDriver.command(sale, buyer)).toList();
        List<String> traces = List.of(
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00",
                "00-11111111111111111111111111111111-b7ad6b7169203331-01",
                "00-22222222222222222222222222222222-b7ad6b7169203331-01",
                "no trace at all \0 \" {}");
        Map<PurchaseCommand, String> traced = new LinkedHashMap<>();
        IntStream.range(0, 4).forEach(number -> traced.put(commands.get(number), traces.get(number)));

        sales.queueTraced(traced);

        sales.awaitOutcome(commands.get(3).ticket(), "SOLD_OUT");
        assertThat(commands.subList(0, 3).stream()
                        .map(command -> sales.trace(command.ticket()))
                        .toList())
                .isEqualTo(traces.subList(0, 3));
        assertThat(sales.outcome(commands.get(1).ticket())).isEqualTo("ORDERED");
        assertThat(sales.outcome(commands.get(2).ticket())).isEqualTo("SOLD_OUT");
        assertThat(broker.ready(SaleDriver.PARKED)).isZero();
    }

    @Test
    void parksWhatCannotBeReadAndSettlesTheRest() {
        UUID sale = sales.open(5);
        PurchaseCommand good = SaleDriver.command(sale, sales.customers(1).get(0));
        UUID other = Ids.next();

        sales.queue("purchase", "{]");
        sales.queue("purchase", "{}");
        sales.queue("surprise", "{}");
        sales.queue("purchase", """
                {"ticket": "%s.%s", "sale": "%s", "buyer": "%s", "attempt": 1, "admittedAt": "2026-01-01T00:00:00Z"}""".formatted(other, other, sale, other));
        sales.queue(good);

        sales.awaitOutcome(good.ticket(), "ORDERED");
        await().until(() -> broker.ready(SaleDriver.PARKED) == 4);
        assertThat(sales.settled(sale)).isEqualTo(1);
        assertThat(broker.takeAll(SaleDriver.PARKED))
                .allSatisfy(
                        parked -> assertThat(header(parked, "failure-reason")).contains("Unprocessable"));
    }

    @Test
    void aParkedPurchaseIsReplayedByTheOperatorAlone() {
        sales.queue("purchase", "{]");
        await().until(() -> broker.ready(SaleDriver.PARKED) == 1);

        String lot = "/actuator/parked/" + SaleDriver.PARKED;
        assertThat(api.get(lot, Api.NOBODY).status()).isEqualTo(401);
        assertThat(api.post(lot, api.customer(), null).status()).isEqualTo(403);
        assertThat(api.post(lot, api.operator(), null).body()).contains("\"replayed\":1");

        GetResponse again = await().until(() -> broker.take(SaleDriver.PARKED), Optional::isPresent)
                .orElseThrow();
        assertThat(header(again, "replayed")).isEqualTo("1");
        assertThat(header(again, "failure-reason")).contains("Unprocessable");
    }

    @ParameterizedTest
    @MethodSource("badMessages")
    void parksABadMessageAndServesTheNext(BadMessage bad) {
        UUID sale = sales.open(1);
        PurchaseCommand good = SaleDriver.command(sale, sales.customers(1).get(0));

        assertThat(bad.parkedReason(broker, PurchaseCommand.EXCHANGE, PurchaseCommand.KEY, "order.purchases"))
                .contains("UnprocessableMessageException");

        sales.queue(good);
        sales.awaitOutcome(good.ticket(), "ORDERED");
        assertThat(broker.ready(SaleDriver.PARKED)).isZero();
    }

    static Stream<BadMessage> badMessages() {
        return Stream.concat(
                BadMessages.claimingToBe(PurchaseCommand.KEY), BadMessages.claimingToBe(Command.Close.TYPE));
    }

    /** The database's detail of a failure is the row: name, address and all. */
    @Test
    void tellsNothingOfTheBuyerWhenADatabaseRefusesTheirOrder(CapturedOutput output) {
        Caller buyer = api.customer();
        String email = database.sql("select email from accounts where id = ?")
                .param(UUID.fromString(buyer.id()))
                .query(String.class)
                .single();
        UUID sale = sales.open(2);
        PurchaseCommand command = SaleDriver.command(sale, UUID.fromString(buyer.id()));
        PurchaseCommand other = SaleDriver.command(sale, sales.customers(1).get(0));
        database.sql("alter table orders add constraint nobody_like_this check (ticket <> '%s') not valid"
                        .formatted(command.ticket()))
                .update();
        try {
            sales.queue(command, other); // a batch, that fails once as such and once in part
            sales.awaitOutcome(command.ticket(), "UNPROCESSABLE");
            sales.awaitOutcome(other.ticket(), "ORDERED");
        } finally {
            database.sql("alter table orders drop constraint nobody_like_this").update();
        }

        GetResponse parked = broker.take(SaleDriver.PARKED).orElseThrow();
        assertThat(parked.getProps().getHeaders().toString())
                .contains("nobody_like_this")
                .doesNotContain(email, "Ada", "+4915112345678", "Analytical");
        assertThat(output.getAll())
                .contains("nobody_like_this")
                .doesNotContain(email, "Ada", "+4915112345678", "Analytical");
    }

    @Test
    void refusesAndParksWhatFailsAndSettlesTheRestOfTheBatch() {
        UUID sale = sales.open(50);
        List<PurchaseCommand> commands = sales.customers(50).stream()
                .map(buyer -> SaleDriver.command(sale, buyer))
                .toList();
        String poison = commands.get(25).ticket();
        database.sql("""
                create function poison() returns trigger language plpgsql as $$
                begin
                    if new.ticket = '%s' then raise exception 'poison'; end if;
                    return new;
                end $$""".formatted(poison)).update();
        database.sql("create trigger poison before insert on orders for each row execute function poison()")
                .update();
        try {
            sales.queue(commands);
            sales.awaitOutcome(poison, "UNPROCESSABLE");
            await().until(() -> sales.settled(sale) == 50);
        } finally {
            database.sql("drop function poison cascade").update();
        }

        assertThat(balance(sale)).isEqualTo("left 1, returned 0, ordered 49, refused 1: balanced");
        assertThat(sales.told("purchase.refused", sale)).containsExactly(poison);
        GetResponse parked = broker.take(SaleDriver.PARKED).orElseThrow();
        assertThat(parked.getProps().getMessageId()).isEqualTo(poison);
        assertThat(header(parked, "failure-reason")).contains("poison");
        assertThat(header(parked, "origin-queue")).isEqualTo(SaleDriver.QUEUE);

        sales.queue(commands.get(25)); // an operator replays it, and its cause is gone
        PurchaseCommand next = SaleDriver.command(sale, sales.customers(1).get(0));
        sales.queue(next);
        sales.awaitOutcome(next.ticket(), "ORDERED");
        assertThat(sales.outcome(poison)).isEqualTo("UNPROCESSABLE");
        assertThat(sales.told("purchase.refused", sale)).containsExactly(poison);
    }

    @Test
    void aCancelledOrderGivesItsUnitBackToTheSale() {
        Caller buyer = api.customer();
        UUID sale = sales.open(1);
        PurchaseCommand first = SaleDriver.command(sale, UUID.fromString(buyer.id()));
        sales.queue(first);
        sales.awaitOutcome(first.ticket(), "ORDERED");

        Api.ok(200, api.cancel(buyer, sales.order(first.ticket())));
        Api.ok(200, api.cancel(buyer, sales.order(first.ticket())));

        assertThat(balance(sale)).isEqualTo("left 1, returned 0, ordered 0, refused 0: balanced");
        assertThat(sales.told("order.cancelled", sale)).containsExactly(first.ticket());
        assertThat(api.get("/sales/" + sale, Api.NOBODY).json().path("version").asInt())
                .isEqualTo(3);
        PurchaseCommand second = SaleDriver.command(sale, UUID.fromString(buyer.id()));
        sales.queue(second);
        sales.awaitOutcome(second.ticket(), "ORDERED");
        assertThat(balance(sale)).isEqualTo("left 0, returned 0, ordered 1, refused 0: balanced");
    }

    @Test
    void cancellationsAndPurchasesOfTheSameBuyersDoNotDeadlock() {
        UUID sale = sales.open(40);
        List<Caller> buyers =
                IntStream.range(0, 20).mapToObj(number -> api.customer()).toList();
        List<PurchaseCommand> first = commands(sale, buyers);
        sales.queue(first);
        first.forEach(command -> sales.awaitOutcome(command.ticket(), "ORDERED"));
        List<String> orders =
                first.stream().map(command -> sales.order(command.ticket())).toList();

        List<PurchaseCommand> second = new ArrayList<>();
        IntStream.range(0, 5).forEach(round -> second.addAll(commands(sale, buyers)));
        CompletableFuture<Void> cancelling = CompletableFuture.allOf(IntStream.range(0, 20)
                .mapToObj(number -> CompletableFuture.runAsync(
                        () -> Api.ok(200, api.cancel(buyers.get(number), orders.get(number)))))
                .toArray(CompletableFuture[]::new));
        second.forEach(sales::queue);
        cancelling.join();

        await().until(() -> sales.settled(sale) == 120);
        assertThat(balance(sale)).endsWith(": balanced");
        assertThat(sales.told("order.cancelled", sale)).hasSize(20);
    }

    private static List<PurchaseCommand> commands(UUID sale, List<Caller> buyers) {
        return buyers.stream()
                .map(buyer -> SaleDriver.command(sale, UUID.fromString(buyer.id())))
                .toList();
    }

    @Test
    void closesBehindWhatIsQueuedAndReturnsWhatWasNotSold() {
        int before = sales.stock(SaleDriver.CABLE);
        Caller buyer = api.customer();
        UUID sale = sales.open(10);
        PurchaseCommand inTime = SaleDriver.command(sale, UUID.fromString(buyer.id()));
        PurchaseCommand late = SaleDriver.command(sale, sales.customers(1).get(0));
        sales.queue(inTime);

        sales.end(sale);

        await().until(() -> balance(sale).equals("left 0, returned 9, ordered 1, refused 0: balanced"));
        assertThat(sales.outcome(inTime.ticket())).isEqualTo("ORDERED");
        assertThat(sales.stock(SaleDriver.CABLE)).isEqualTo(before - 1);
        assertThat(api.get("/sales/" + sale, Api.NOBODY).text("state")).isEqualTo("CLOSED");
        assertThat(sales.told("sale.closed", sale)).hasSize(1);

        sales.queue(late);
        sales.awaitOutcome(late.ticket(), "SALE_CLOSED");

        sales.queue("sale.close", "{\"sale\": \"%s\"}".formatted(sale)); // a marker again
        Api.ok(200, api.cancel(buyer, sales.order(inTime.ticket())));
        assertThat(balance(sale)).isEqualTo("left 0, returned 10, ordered 0, refused 1: balanced");
        assertThat(sales.stock(SaleDriver.CABLE)).isEqualTo(before);
        await().until(() -> broker.ready(SaleDriver.QUEUE) == 0);
        assertThat(sales.told("sale.closed", sale)).hasSize(1);
        assertThat(sales.told("order.cancelled", sale)).hasSize(1);
    }

    @Test
    void countsASaleBehindWhatWasQueuedBefore() {
        UUID sale = sales.open(10);
        List<UUID> buyers = sales.customers(3);
        UUID marker = Ids.next();

        sales.queue(
                buyers.stream().map(buyer -> SaleDriver.command(sale, buyer)).toList());
        sales.recount(sale, marker);

        JsonNode counted = awaitCounted(sale, marker);
        assertThat(counted.get("left").asInt()).isEqualTo(7);
        assertThat(counted.get("version").asLong())
                .isEqualTo(sales.balance(sale).get("version").asLong());
        assertThat(counted.get("closed").asBoolean()).isFalse();
        assertThat(counted.get("price").get("amount").asInt()).isEqualTo(450);
    }

    @Test
    void countsAClosedSaleThatIsAskedForAndListsTheOpenOnesWhenNoneIs() {
        UUID open = sales.open(3);
        UUID closed = sales.open(3);
        sales.end(closed);
        await().until(() -> sales.told("sale.closed", closed).size() == 1);
        UUID byName = Ids.next();
        UUID all = Ids.next();

        sales.recount(closed, byName);
        sales.recount(Ids.next(), Ids.next()); // nobody knows that one
        sales.recount(null, all);

        assertThat(awaitCounted(closed, byName).get("closed").asBoolean()).isTrue();
        await().until(() -> sales.answer("sales.listed", all.toString(), all).isPresent());
        assertThat(sales.answer("sales.listed", all.toString(), all)
                        .orElseThrow()
                        .get("sales"))
                .extracting(listed -> listed.get("sale").asString())
                .contains(open.toString())
                .doesNotContain(closed.toString());
        assertThat(broker.ready(SaleDriver.PARKED)).isZero();
    }

    private JsonNode awaitCounted(UUID sale, UUID marker) {
        await().until(() ->
                sales.answer("sale.counted", sale.toString(), marker).isPresent());
        return sales.answer("sale.counted", sale.toString(), marker).orElseThrow();
    }

    @Test
    void tellsAgainWhatBecameOfATicketThatIsAskedForAgain() {
        UUID sale = sales.open(2);
        List<Caller> buyers =
                IntStream.range(0, 3).mapToObj(number -> api.customer()).toList();
        List<PurchaseCommand> first = buyers.stream()
                .map(buyer -> SaleDriver.command(sale, UUID.fromString(buyer.id())))
                .toList();
        sales.queue(first);
        await().until(() -> sales.settled(sale) == 3);
        Api.ok(200, api.cancel(buyers.get(1), sales.order(first.get(1).ticket())));

        sales.queue(first); // as the broker repeats it
        sales.queue(first.stream().map(SaleDriver::again).toList());

        await().until(() -> sales.told("purchase.settled", sale).size() == 3);
        JsonNode ordered = toldAgain(first.get(0));
        assertThat(ordered.get("order").asString())
                .isEqualTo(sales.order(first.get(0).ticket()));
        assertThat(ordered.get("buyer").asString()).isEqualTo(buyers.get(0).id());
        assertThat(ordered.get("cancelled").asBoolean()).isFalse();
        assertThat(ordered.get("left").asInt()).isEqualTo(1);
        assertThat(ordered.get("version").asLong())
                .isEqualTo(sales.balance(sale).get("version").asLong());
        assertThat(toldAgain(first.get(1)).get("cancelled").asBoolean()).isTrue();
        assertThat(toldAgain(first.get(2)).get("reason").asString()).isEqualTo("SOLD_OUT");
        assertThat(toldAgain(first.get(2)).path("order").isMissingNode()
                        || toldAgain(first.get(2)).get("order").isNull())
                .isTrue();
        assertThat(sales.told("order.placed", sale)).hasSize(2);
    }

    private JsonNode toldAgain(PurchaseCommand command) {
        return sales.answer("purchase.settled", command.ticket(), null).orElseThrow();
    }

    @Test
    void settlesWhatIsBeforeAMarkerInTheSameBatchAndRefusesWhatIsBehind() {
        UUID sale = sales.open(10);
        List<UUID> buyers = sales.customers(2);
        PurchaseCommand before = SaleDriver.command(sale, buyers.get(0));
        PurchaseCommand behind = SaleDriver.command(sale, buyers.get(1));

        sales.queue(before);
        sales.queue("sale.close", "{\"sale\": \"%s\"}".formatted(sale));
        sales.queue("sale.close", "{\"sale\": \"%s\"}".formatted(Ids.next()));
        sales.queue(behind);

        sales.awaitOutcome(behind.ticket(), "SALE_CLOSED");
        assertThat(sales.outcome(before.ticket())).isEqualTo("ORDERED");
        assertThat(balance(sale)).isEqualTo("left 0, returned 9, ordered 1, refused 1: balanced");
    }

    private String balance(UUID sale) {
        JsonNode balance = sales.balance(sale);
        return "left %d, returned %d, ordered %d, refused %d: %s"
                .formatted(
                        balance.path("left").asInt(),
                        balance.path("returned").asInt(),
                        balance.path("ordered").asInt(),
                        balance.path("refused").asInt(),
                        balance.path("balanced").asBoolean() ? "balanced" : "NOT BALANCED");
    }

    private static String header(GetResponse message, String name) {
        return String.valueOf(message.getProps().getHeaders().get(name));
    }
}
