package shop.playground.audit;

import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathMatching;

import com.github.tomakehurst.wiremock.matching.RequestPattern;
import com.github.tomakehurst.wiremock.stubbing.ServeEvent;
import java.util.List;
import java.util.Set;
import shop.playground.servers.Mail;
import shop.playground.servers.MailServer;
import shop.playground.servers.ThirdParties;

/**
 * What one subscriber writes to customers about events.
 *
 * @param what mails or texts
 * @param keys the events that are worth one each
 */
record Writings(String what, Set<String> keys, Source source) {

    private static final RequestPattern TEXT =
            postRequestedFor(urlPathMatching("/2010-04-01/.*")).build();

    /** What has been taken for sending, again where it was sent again. */
    @FunctionalInterface
    interface Source {
        List<Writing> all();
    }

    /**
     * One mail or text.
     *
     * @param event by the key that stays the same in repetitions
     * @param content whom it tells what: different events tell somebody different things
     */
    record Writing(String event, String content) {}

    static Writings mails(MailServer server) {
        return new Writings(
                "mail",
                Set.of(
                        "customer.registered",
                        "order.placed",
                        "order.paid",
                        "order.cancelled",
                        "shipment.dispatched",
                        "shipment.delivered"),
                () -> server.mails().stream().map(Writings::writing).toList());
    }

    static Writings texts(ThirdParties provider) {
        return new Writings(
                "text",
                Set.of("order.paid", "order.cancelled", "shipment.dispatched", "shipment.delivered"),
                () -> provider.wireMock().getAllServeEvents().stream()
                        .filter(call -> TEXT.match(call.getRequest()).isExactMatch()
                                && call.getResponse().getStatus() == 201)
                        .map(Writings::writing)
                        .toList());
    }

    private static Writing writing(Mail mail) {
        String id = mail.headers().getOrDefault("message-id", "none");
        return new Writing(id.replaceAll("^<|@.*$", ""), mail.to() + " " + mail.subject());
    }

    private static Writing writing(ServeEvent text) {
        return new Writing(
                String.valueOf(text.getRequest().getHeader("Idempotency-Key")),
                text.getRequest().getBodyAsString());
    }
}
