package shop.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import shop.playground.client.Api;
import shop.playground.client.Customer;
import shop.playground.shop.Service;

/** Something is away for a while: the rest goes on, and nothing is lost. */
@WithShop
class OutageIT {
    private static final int ORDERS = 5;

    private final Visitor visitor;

    OutageIT(Visitor visitor) {
        this.visitor = visitor;
    }

    @ParameterizedTest
    @CsvSource({
        "delivery-service, delivery.events, false",
        "email-service, email.events, true",
        "sms-service, sms.events, false"
    })
    void aSubscriberThatIsAwayHurtsNobodyAndCatchesUp(String name, String queue, boolean killed) {
        Customer customer = visitor.customer("Mary Jackson", "en");
        Api signedIn = visitor.signIn(customer);
        Service subscriber = visitor.shop().service(name);
        List<String> orders = new ArrayList<>();
        if (killed) {
            subscriber.kill();
        } else {
            subscriber.stop();
        }
        try {
            for (int order = 0; order < ORDERS; order++) {
                orders.add(visitor.paidOrder(signedIn));
            }
            await().untilAsserted(() ->
                    assertThat(visitor.shop().rabbitMq().broker().ready(queue)).isGreaterThanOrEqualTo(ORDERS));
        } finally {
            subscriber.start();
        }
        for (String order : orders) {
            visitor.awaitState(signedIn, order, "DELIVERED");
        }
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(visitor.mails().subjectsTo(customer.email()))
                        .containsAll(orders.stream()
                                .map("Your order %s has arrived"::formatted)
                                .toList()));
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(
                        () -> assertThat(visitor.texts().to(customer.phone())).hasSize(3 * ORDERS));
        assertThat(visitor.shop().rabbitMq().broker().ready(queue + ".parked")).isZero();
    }

    @Test
    void ordersAreTakenWhileTheBrokerIsAwayAndToldWhenItIsBack() {
        Customer customer = visitor.customer("Katherine Johnson", "en");
        Api signedIn = visitor.signIn(customer);
        visitor.shop().rabbitMq().kill();
        String order;
        try {
            visitor.orders().get("/actuator/health/readiness").expect(200);
            order = visitor.paidOrder(signedIn);
            assertThat(visitor.state(signedIn, order)).isEqualTo("PAID");
        } finally {
            visitor.shop().rabbitMq().start();
        }
        visitor.awaitState(signedIn, order, "DELIVERED");
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(visitor.mails().subjectsTo(customer.email()))
                        .contains("Your order " + order + " has arrived"));
    }

    @Test
    void theCatalogueIsServedWhileRedisIsAwayAndFromRedisAgainAfterItCameBackEmpty() {
        visitor.shop().redis().kill();
        try {
            assertThat(visitor.products()).isNotEmpty();
        } finally {
            visitor.shop().redis().wipe();
            visitor.shop().redis().start();
        }
        int before = visitor.product().path("available").asInt();
        await().untilAsserted(() -> assertThat(servedAndCached()).containsOnly(before));

        visitor.paidOrder(visitor.signIn(visitor.customer("Annie Easley", "en")));
        await().untilAsserted(() -> assertThat(servedAndCached()).containsOnly(before - 1));
    }

    /** The first product's stock as the catalogue tells it, and as Redis has it: version:available. */
    private List<Integer> servedAndCached() {
        JsonNode product = visitor.product();
        String cached = visitor.shop()
                .redis()
                .command("GET", "order:stock:" + product.path("id").asText());
        assertThat(cached).as("what Redis has").matches("\\d+:\\d+");
        return List.of(product.path("available").asInt(), Integer.valueOf(cached.substring(cached.indexOf(':') + 1)));
    }
}
