package shop.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import shop.playground.client.Api;
import shop.playground.client.Customer;

@WithShop
class OrderJourneyIT {
    private final Visitor visitor;

    OrderJourneyIT(Visitor visitor) {
        this.visitor = visitor;
    }

    @Test
    void anOrderFindsItsWayToMailTextAndDoorstep() {
        Customer ada = visitor.customer("Ada Lovelace", "en");
        Api signedIn = visitor.signIn(ada);
        String order = visitor.paidOrder(signedIn);

        visitor.awaitState(signedIn, order, "DELIVERED");
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(visitor.mails().subjectsTo(ada.email()))
                        .containsExactlyInAnyOrder(
                                "Welcome to mq-shop",
                                "We have your order " + order,
                                "Your order " + order + " is paid",
                                "Your order " + order + " is on its way",
                                "Your order " + order + " has arrived"));
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(visitor.texts().to(ada.phone()))
                        .hasSize(3)
                        .allSatisfy(text -> assertThat(text).contains(order)));
    }

    @Test
    void aCustomerIsWrittenToInTheirLanguage() {
        Customer li = visitor.customer("李雷", "zh");
        Api signedIn = visitor.signIn(li);
        String order = visitor.paidOrder(signedIn);
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(visitor.mails().subjectsTo(li.email()))
                        .anySatisfy(subject -> assertThat(subject).contains("订单", order)));
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(visitor.texts().to(li.phone()))
                        .anySatisfy(text -> assertThat(text).contains("订单", order)));
    }

    @Test
    void aCancelledOrderGivesItsUnitsBackAndTellsItsBuyer() {
        Customer grace = visitor.customer("Grace Hopper", "en");
        Api signedIn = visitor.signIn(grace);
        List<JsonNode> rare = visitor.products().subList(2, 3);
        int before = rare.get(0).path("available").asInt();

        String order = Customer.place(signedIn, rare).text("id");
        await().untilAsserted(() ->
                assertThat(visitor.products().get(2).path("available").asInt()).isEqualTo(before - 1));
        signedIn.post("/orders/" + order + "/cancellation", Map.of()).expect(200);

        await().untilAsserted(() ->
                assertThat(visitor.products().get(2).path("available").asInt()).isEqualTo(before));
        assertThat(visitor.state(signedIn, order)).isEqualTo("CANCELLED");
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(visitor.mails().subjectsTo(grace.email()))
                        .anySatisfy(subject -> assertThat(subject).contains(order, "cancelled")));
    }
}
