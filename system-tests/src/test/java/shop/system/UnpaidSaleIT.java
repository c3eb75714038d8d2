package shop.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import shop.playground.audit.SaleAudit;
import shop.playground.client.Buyer;
import shop.playground.client.Customer;
import shop.playground.client.Outcome;
import shop.playground.client.Rush;
import shop.playground.shop.Shop;

/** A sale by the whole shop, whose orders are to be paid soon. */
@Tag("long-faults")
class UnpaidSaleIT {
    private static final Duration PAYMENT_WINDOW = Duration.ofSeconds(8);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Test
    void aUnitThatNobodyPaysForIsSoldToTheNext() {
        try (Shop shop = Shop.builder()
                .only(SaleShop.ORDERS, SaleShop.GATEWAY)
                .property(SaleShop.ORDERS, "shop.orders.payment-window", PAYMENT_WINDOW.toSeconds() + "s")
                .start()) {
            Visitor visitor = new Visitor(shop);
            SaleAudit audit = SaleAudit.of(shop);
            String sale = visitor.openSale(2, Duration.ofHours(1));
            Set<String> tickets = ConcurrentHashMap.newKeySet();
            Rush rush = new Rush(List.of(visitor.gateway()), sale, Duration.ofMinutes(2), answer -> {
                if (answer.status() == 202) {
                    tickets.add(answer.text("ticket"));
                }
            });
            Buyer quick = visitor.newcomer("Quick").join();
            Buyer idle = visitor.newcomer("Idle").join();
            Buyer late = visitor.newcomer("Late").join();

            pay(visitor, quick, bought(rush, quick));
            String unpaid = bought(rush, idle);
            assertThat(rush.buy(late).join().kind()).isEqualTo(Outcome.Kind.SOLD_OUT);

            await().atMost(PATIENCE).until(() -> rush.buy(late).join().kind(), Outcome.Kind.ORDERED::equals);
            pay(visitor, late, bought(rush, late));

            visitor.awaitState(visitor.orders().withToken(idle.token()), unpaid, "CANCELLED");
            assertThat(rush.buy(idle).join().kind()).isEqualTo(Outcome.Kind.SOLD_OUT);
            audit.check(sale, tickets);
            assertThat(audit.ordered(sale)).isEqualTo(2);
        }
    }

    /** The same order each time. */
    private static String bought(Rush rush, Buyer buyer) {
        Outcome outcome = rush.buy(buyer).join();
        assertThat(outcome.kind()).isEqualTo(Outcome.Kind.ORDERED);
        return Objects.requireNonNull(outcome.order());
    }

    private static void pay(Visitor visitor, Buyer buyer, String order) {
        Customer.pay(visitor.orders().withToken(buyer.token()), order);
    }
}
