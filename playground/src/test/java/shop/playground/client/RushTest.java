package shop.playground.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import shop.playground.client.Outcome.Kind;
import shop.playground.servers.Ports;

class RushTest {

    private static final String TICKET = "{\"ticket\": \"sale.1\", \"state\": \"QUEUED\"}";
    private static final Reply SHED = new Reply(503, "{\"type\": \"urn:mq-shop:problem:shed\"}");
    private static final Reply UNCONFIRMED = new Reply(503, "{\"type\": \"urn:mq-shop:problem:unconfirmed\"}");
    private static final Reply QUEUED = new Reply(202, TICKET);
    private static final Reply SOLD_OUT = new Reply(410, "{\"type\": \"urn:mq-shop:problem:sold-out\"}");
    private static final Reply HANGS_UP = new Reply(-1, "");

    private static final Buyer ADA = new Buyer("ada@customers.example", "token");

    private final Deque<Reply> purchases = new ArrayDeque<>();
    private final Deque<Reply> tickets = new ArrayDeque<>();
    private final Deque<Reply> own = new ArrayDeque<>();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private HttpServer gateway;

    private record Reply(int status, String body) {}

    @BeforeEach
    void startTheGateway() throws IOException {
        gateway = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        gateway.createContext("/sales/sale/purchases", exchange -> {
            asked.add(exchange.getRequestMethod());
            answer(exchange, exchange.getRequestMethod().equals("POST") ? purchases : own);
        });
        gateway.createContext("/purchases/sale.1", exchange -> answer(exchange, tickets));
        gateway.start();
    }

    @AfterEach
    void stopTheGateway() {
        gateway.stop(0);
    }

    @Test
    void comesAgainWhenShedOrTooEarlyAndFollowsTheTicketToTheOrder() {
        purchases.add(SHED);
        purchases.add(new Reply(503, "{\"type\": \"urn:mq-shop:problem:spoken-for\"}"));
        purchases.add(SHED);
        purchases.add(QUEUED);
        tickets.add(new Reply(200, TICKET));
        tickets.add(new Reply(200, "{\"state\": \"ORDERED\", \"order\": \"o1\"}"));

        assertThat(buy()).isEqualTo(new Outcome(Kind.ORDERED, 2, 1, 0, 0, "o1"));
    }

    @Test
    void takesSoldOutForAnAnswer() {
        purchases.add(SOLD_OUT);

        assertThat(buy()).isEqualTo(new Outcome(Kind.SOLD_OUT, 0, 0, 0, 0, null));
    }

    @Test
    void looksForATicketWhereARefusalSaysIfAnEarlierAnswerMayHaveBeenAYes() {
        purchases.add(HANGS_UP);
        purchases.add(SOLD_OUT);
        own.add(new Reply(200, "{\"state\": \"ORDERED\", \"order\": \"o1\"}"));

        assertThat(buy()).isEqualTo(new Outcome(Kind.ORDERED, 0, 0, 0, 1, "o1"));
    }

    @Test
    void doesNotLookForATicketThatItCannotHave() {
        purchases.add(SHED);
        purchases.add(SOLD_OUT);

        assertThat(buy()).isEqualTo(new Outcome(Kind.SOLD_OUT, 1, 0, 0, 0, null));
        assertThat(asked).containsExactly("POST", "POST");
    }

    @Test
    void takesARefusalForAnAnswerWhenThereIsNoTicket() {
        purchases.add(UNCONFIRMED);
        purchases.add(SOLD_OUT);
        own.add(new Reply(404, "{\"type\": \"urn:mq-shop:problem:not-found\"}"));

        assertThat(buy()).isEqualTo(new Outcome(Kind.SOLD_OUT, 0, 0, 1, 0, null));
    }

    @Test
    void buysAgainWhenItsTicketIsGone() {
        purchases.add(QUEUED);
        purchases.add(QUEUED);
        tickets.add(new Reply(404, "{\"type\": \"urn:mq-shop:problem:not-found\"}"));
        tickets.add(new Reply(200, "{\"state\": \"ORDERED\", \"order\": \"o1\"}"));

        assertThat(buy().order()).isEqualTo("o1");
    }

    @Test
    void asksAgainWhenTheShopIsNotSureOrTheLineBreaks() {
        purchases.add(UNCONFIRMED);
        purchases.add(HANGS_UP);
        purchases.add(QUEUED);
        tickets.add(HANGS_UP);
        tickets.add(new Reply(200, "{\"state\": \"REFUSED\", \"reason\": \"sold out\"}"));

        Outcome outcome = buy();

        assertThat(outcome.kind()).isEqualTo(Kind.REFUSED);
        assertThat(outcome.unconfirmed()).isEqualTo(1);
        assertThat(outcome.away()).isEqualTo(1);
        assertThat(outcome.shed()).isZero();
    }

    @Test
    void failsOnAnAnswerThatNoBuyerShouldGet() {
        purchases.add(new Reply(401, "{}"));

        assertThatThrownBy(this::buy)
                .hasRootCauseInstanceOf(UnexpectedException.class)
                .hasMessageContaining("401");
    }

    @Test
    void goesToTheGatewaysInTurnAndTellsWhatItHears() {
        purchases.add(SHED);
        purchases.add(QUEUED);
        tickets.add(new Reply(200, "{\"state\": \"ORDERED\", \"order\": \"o1\"}"));
        Api away = new Api(Api.client(), URI.create("http://127.0.0.1:" + Ports.free() + "/"));
        List<Integer> heard = new CopyOnWriteArrayList<>();

        Outcome outcome = new Rush(
                        List.of(away, gateway()), "sale", Duration.ofMinutes(1), answer -> heard.add(answer.status()))
                .buy(ADA)
                .join();

        assertThat(outcome.kind()).isEqualTo(Kind.ORDERED);
        assertThat(outcome.away()).isPositive();
        assertThat(heard).containsExactly(503, 202);
    }

    private Outcome buy() {
        return new Rush(gateway(), "sale").buy(ADA).join();
    }

    private Api gateway() {
        URI root = URI.create("http://127.0.0.1:" + gateway.getAddress().getPort() + "/");
        return new Api(Api.client(), root);
    }

    private static void answer(HttpExchange exchange, Deque<Reply> script) throws IOException {
        Reply reply = script.size() > 1 ? script.remove() : script.element();
        try (exchange) {
            if (reply.status() > 0) {
                byte[] body = reply.body().getBytes(StandardCharsets.UTF_8);
                exchange.getResponseHeaders().set("Retry-After", "0");
                if (reply.status() == 410) {
                    exchange.getResponseHeaders().set("Link", "</sales/sale/purchases>; rel=\"related\"");
                }
                exchange.sendResponseHeaders(reply.status(), body.length);
                exchange.getResponseBody().write(body);
            }
        }
    }
}
