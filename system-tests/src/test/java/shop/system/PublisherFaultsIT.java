package shop.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import org.junit.jupiter.api.Test;
import shop.playground.audit.Recorded;
import shop.playground.client.Api;
import shop.playground.proxy.Proxy;
import shop.playground.proxy.Traffic;

/** The order service dies, or loses its connection, at each point between a commit and the mark that its event is sent. */
@WithProxiedShop
class PublisherFaultsIT {
    private static final String SERVICE = "order-service";

    private final ProxiedShop shop;
    private final Visitor visitor;

    PublisherFaultsIT(ProxiedShop shop) {
        this.shop = shop;
        this.visitor = shop.visitor();
    }

    @Test
    void aCommitThatWasNotPublishedBeforeTheDeathIsPublishedAfterIt() {
        Api customer = visitor.signIn(visitor.customer("Betty Holberton", "en"));
        Proxy broker = shop.broker(SERVICE);
        broker.hold(Traffic.PUBLISHES);
        String order = visitor.paidOrder(customer);
        broker.awaitHeld(1);
        assertThat(eventsAbout(order)).isEmpty();

        shop.killAndRestart(SERVICE);

        shop.audit().check();
        assertThat(eventsAbout(order)).startsWith("order.placed", "order.paid").doesNotHaveDuplicates();
    }

    @Test
    void aPublishThatWasNotConfirmedBeforeTheDeathIsRepeatedAfterIt() {
        Api customer = visitor.signIn(visitor.customer("Kay McNulty", "en"));
        Proxy broker = shop.broker(SERVICE);
        shop.audit().awaitRest();
        broker.hold(Traffic.CONFIRMS);
        String order = visitor.paidOrder(customer);
        broker.awaitHeld(1);
        await().until(() -> eventsAbout(order), List.of("order.placed")::equals);

        shop.killAndRestart(SERVICE);

        shop.audit().check();
        assertThat(eventsAbout(order)).startsWith("order.placed", "order.placed", "order.paid");
    }

    private List<String> eventsAbout(String order) {
        return shop.audit().events().stream()
                .filter(event -> event.aggregate().equals(order))
                .map(Recorded::key)
                .toList();
    }
}
