package shop.seckill;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest.BodyPublishers;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;

@GatewayTest
class BadInputIT {
    private final String path = "/sales/" + UUID.randomUUID() + "/purchases";
    private final UUID buyer = UUID.randomUUID();

    @Autowired
    private Gateway gateway;

    @Test
    void wantsATokenOfACustomer() {
        assertThat(post(path, "")).isEqualTo("401 unauthenticated");
        assertThat(post(path, "rubbish")).isEqualTo("401 unauthenticated");
        assertThat(post(path, Tokens.forged(buyer))).isEqualTo("401 unauthenticated");
        assertThat(post(path, Tokens.expired(buyer))).isEqualTo("401 unauthenticated");
        assertThat(post(path, unsigned())).isEqualTo("401 unauthenticated");
        assertThat(post(path, Tokens.operator())).isEqualTo("403 forbidden");
        assertThat(post(path, Tokens.ofNobody())).isEqualTo("403 forbidden");
        assertThat(gateway.get(path, "").summary()).isEqualTo("401 unauthenticated");
        assertThat(gateway.get(path, Tokens.operator()).summary()).isEqualTo("403 forbidden");
        assertThat(gateway.get("/purchases/" + UUID.randomUUID() + "." + UUID.randomUUID(), "")
                        .summary())
                .isEqualTo("401 unauthenticated");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/actuator", "/actuator/parked"})
    void showsItsInsideToOperatorsAlone(String inside) {
        assertThat(gateway.get(inside, "").summary()).isEqualTo("401 unauthenticated");
        assertThat(gateway.get(inside, buyer).summary()).isEqualTo("403 forbidden");
        assertThat(gateway.get(inside, Tokens.operator()).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/sales/17/purchases",
                "/sales/01890000-0000-7000-8000-00000000000/purchases/",
                "/sales/%7B%7D/purchases",
                "/sales/01890000-0000-7000-8000-0000000000zz/purchases"
            })
    void wantsASalesId(String wrong) {
        assertThat(post(wrong, Tokens.customer(buyer))).isIn("400 invalid-request", "404 not-found");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "17",
                "01890000-0000-7000-8000-000000000001",
                "01890000-0000-7000-8000-000000000001.",
                "01890000-0000-7000-8000-000000000001:01890000-0000-7000-8000-000000000002",
                "01890000-0000-7000-8000-000000000001.01890000-0000-7000-8000-00000000000z",
                "1-0-7-8-000000000000000000000000001.01890000-0000-7000-8000-0000000000002"
            })
    void wantsATicket(String wrong) {
        assertThat(gateway.get("/purchases/" + wrong, buyer).summary()).isEqualTo("400 invalid-request");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "x", "-1", "26", "100", "1.5", "0x10", "+1", "%201", "99999999999999999999", "1&wait=2"})
    void wantsAWaitOfSeconds(String wrong) {
        Gateway.Answer answer =
                gateway.get("/purchases/" + UUID.randomUUID() + "." + UUID.randomUUID() + "?wait=" + wrong, buyer);
        assertThat(answer.summary()).isEqualTo("400 invalid-request");
        assertThat(answer.body().at("/errors/0/field").asString()).isEqualTo("wait");
    }

    @Test
    void refusesALargeBody() {
        assertThat(gateway.send(gateway.request(path, Tokens.customer(buyer))
                                .POST(BodyPublishers.ofString("x".repeat(100_000))))
                        .summary())
                .isEqualTo("413 too-large");
    }

    @Test
    void wantsPostForAPurchase() {
        assertThat(gateway.send(gateway.request(path, Tokens.customer(buyer)).DELETE())
                        .summary())
                .isEqualTo("405 method-not-allowed");
        assertThat(gateway.get("/nothing", buyer).summary()).isEqualTo("404 not-found");
    }

    private String post(String where, String token) {
        return gateway.send(gateway.request(where, token).POST(BodyPublishers.noBody()))
                .summary();
    }

    /** {@code {"alg":"none"}} */
    private static String unsigned() {
        return "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4Iiwicm9sZXMiOlsiY3VzdG9tZXIiXX0.";
    }
}
