package shop.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import shop.playground.client.Answer;
import shop.playground.client.Books;
import shop.playground.client.Buyer;
import shop.playground.client.Crowd;
import shop.playground.client.Outcome;
import shop.playground.client.Rush;
import shop.playground.console.Screen;

@WithShop
class FlashSaleIT {
    private final Visitor visitor;

    FlashSaleIT(Visitor visitor) {
        this.visitor = visitor;
    }

    @Test
    void aRushOfTwoThousandBuyersOnAHundredUnitsNeitherOversellsNorLeaks() {
        int units = 100;
        int stock = stock();
        String sale = visitor.openSale(units, Duration.ofHours(1));
        await().untilAsserted(() -> assertThat(stock()).isEqualTo(stock - units));

        Collection<Buyer> buyers = buyers(2_000);
        Collection<Outcome> outcomes = new ConcurrentLinkedQueue<>();
        Rush rush = new Rush(visitor.gateway(), sale);
        long firstClick = System.nanoTime();
        new Crowd(Screen.silent(), 500)
                .each("rush", buyers, buyer -> rush.buy(buyer).thenAccept(outcomes::add));
        Duration rushed = Duration.ofNanos(System.nanoTime() - firstClick);

        Books books = Books.of(outcomes);
        assertThat(books.everybodyKnows()).as(books.toString()).isTrue();
        assertThat(books.noOrderTwice()).as(books.toString()).isTrue();
        assertThat(books.ordered()).as(books.toString()).isEqualTo(units);
        Answer balance = balance(sale);
        assertThat(balance.number("ordered")).isEqualTo(units);
        assertThat(balance.number("left")).isZero();
        assertThat(balance.number("refused")).isEqualTo(books.refused());
        assertThat(balance.body().path("balanced").asBoolean()).isTrue();
        await().untilAsserted(
                        () -> assertThat(visitor.gateway().get("/sales/" + sale).number("left"))
                                .isZero());
        // A unit that leaked with its ticket would look as if it were sold.
        await().untilAsserted(
                        () -> assertThat(visitor.shop().redis().command("ZCARD", "seckill:{" + sale + "}:pending"))
                                .isEqualTo("0"));
        assertThat(visitor.shop().rabbitMq().broker().ready("seckill.purchases"))
                .isZero();
        assertThat(visitor.shop().rabbitMq().broker().ready("order.purchases.parked"))
                .isZero();
        assertThat(rushed).as("from the first click to the last answer").isLessThan(Duration.ofSeconds(15));
    }

    @Test
    void aCancelledOrderReopensASoldOutSale() {
        String sale = visitor.openSale(1, Duration.ofHours(1));
        List<Buyer> two = List.copyOf(buyers(2));
        String order = bought(sale, two.get(0));
        await().until(() -> purchase(sale, two.get(1)).status(), status -> status == 410);

        visitor.orders()
                .withToken(two.get(0).token())
                .post("/orders/" + order + "/cancellation", Map.of())
                .expect(200);

        Rush again = new Rush(visitor.gateway(), sale);
        await().until(() -> again.buy(two.get(1)).join().kind(), Outcome.Kind.ORDERED::equals);
        Answer balance = balance(sale);
        assertThat(balance.number("ordered")).isEqualTo(1);
        assertThat(balance.number("left")).isZero();
        assertThat(balance.body().path("balanced").asBoolean()).isTrue();
    }

    @Test
    void aSaleThatClosesGivesUnsoldUnitsBackToTheProduct() {
        int stock = stock();
        String sale = visitor.openSale(10, Duration.ofSeconds(4));
        Buyer buyer = buyers(1).iterator().next();
        bought(sale, buyer);

        await().atMost(Duration.ofSeconds(60))
                .until(() -> visitor.orders().get("/sales/" + sale).expect(200).text("state"), "CLOSED"::equals);
        Answer balance = balance(sale);
        assertThat(balance.number("ordered")).isEqualTo(1);
        assertThat(balance.number("returned")).isEqualTo(9);
        assertThat(balance.body().path("balanced").asBoolean()).isTrue();
        await().untilAsserted(() -> assertThat(stock()).isEqualTo(stock - 1));
        await().untilAsserted(() -> assertThat(
                        purchase(sale, buyers(1).iterator().next()).text("type"))
                .endsWith(":sale-closed"));
    }

    private int stock() {
        return visitor.product().path("available").asInt();
    }

    private Collection<Buyer> buyers(int number) {
        Collection<Buyer> buyers = new ConcurrentLinkedQueue<>();
        new Crowd(Screen.silent(), 16)
                .each(
                        "buyers",
                        IntStream.range(0, number).boxed().toList(),
                        one -> visitor.newcomer("Buyer " + one).thenAccept(buyers::add));
        return buyers;
    }

    private Answer purchase(String sale, Buyer buyer) {
        return visitor.gateway()
                .withToken(buyer.token())
                .postAsync("/sales/" + sale + "/purchases")
                .join();
    }

    private String bought(String sale, Buyer buyer) {
        Outcome outcome = new Rush(visitor.gateway(), sale).buy(buyer).join();
        assertThat(outcome.kind()).isEqualTo(Outcome.Kind.ORDERED);
        return outcome.order();
    }

    private Answer balance(String sale) {
        return visitor.operator().get("/sales/" + sale + "/balance").expect(200);
    }
}
