package shop.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import org.assertj.core.api.Condition;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import shop.playground.audit.Recorded;
import shop.playground.client.Api;
import shop.playground.client.Customer;
import shop.playground.proxy.Proxy;
import shop.playground.proxy.Traffic;
import shop.playground.shop.Service;

/** The order service dies, or loses its connection, at each point between a commit and the mark that its event is sent. */
@WithProxiedShop
class PublisherFaultsIT {
    private static final String SERVICE = "order-service";
    private static final Condition<String> PLACED = new Condition<>("order.placed"::equals, "order.placed");

    /** PostgreSQL ends a transaction that is idle for 10 s; the other relay looks once a second. */
    private static final Duration RELIEF = Duration.ofSeconds(15);

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
        assertThat(eventsAbout(order)).areAtLeast(2, PLACED);
    }

    @Test
    void aConfirmThatWasNotMarkedBeforeTheDeathCostsARepetitionAfterIt() {
        Api customer = visitor.signIn(visitor.customer("Ruth Teitelbaum", "en"));
        shop.audit().awaitRest();
        Proxy broker = shop.broker(SERVICE);
        broker.hold(Traffic.CONFIRMS);
        String order = visitor.paidOrder(customer);
        broker.awaitHeld(1);
        await().until(() -> eventsAbout(order), List.of("order.placed")::equals);

        Proxy database = shop.database(SERVICE);
        database.hold(Traffic.saying("set published_at"));
        broker.release();
        database.awaitHeld(1); // the service has heard the confirm, or it would not mark
        assertThat(shop.audit().unsent(Duration.ZERO)).isPositive();
        shop.killAndRestart(SERVICE);

        shop.audit().check();
        assertThat(eventsAbout(order)).areAtLeast(2, PLACED);
    }

    @Test
    void aConnectionCutInTheMiddleOfAPublishCostsNothing() {
        Load load = shop.load(20);
        load.awaitMore(3);
        shop.broker(SERVICE).cutWithin(Traffic.PUBLISHED_BODIES, 20);
        shop.broker(SERVICE).awaitCut();

        load.finish();
        shop.audit().check();
    }

    @Test
    @Tag("long-faults")
    void aRelayThatFreezesWithAShardInItsHandsIsRelievedAndDoesNoHarmWhenItThaws() {
        Service second = shop.shop().another(SERVICE);
        second.start();
        try {
            Customer customer = visitor.customer("Marlyn Meltzer", "en");
            Api atFirst = visitor.signIn(customer);
            Api atSecond = new Api(Api.client(), second.uri())
                    .withToken(customer.token().join());
            Proxy broker = shop.broker(second.name());
            broker.hold(Traffic.CONFIRMS);
            await().until(() -> {
                Customer.place(
                        atSecond, visitor.products().subList(0, 1)); // whose relay wakes first, and takes its shard
                return broker.held() > 0;
            });
            second.freeze();

            Load load = shop.load(20);
            load.finish();
            String order = visitor.paidOrder(atFirst);
            await().atMost(RELIEF).until(() -> shop.audit().unsent(Duration.ZERO) == 0);

            broker.release();
            second.thaw();
            Customer.place(atSecond, visitor.products().subList(0, 1));
            shop.audit().check();
            assertThat(eventsAbout(order)).startsWith("order.placed", "order.paid");
        } finally {
            shop.shop().dismiss(second);
        }
    }

    private List<String> eventsAbout(String order) {
        return shop.audit().events().stream()
                .filter(event -> event.aggregate().equals(order))
                .map(Recorded::key)
                .toList();
    }
}
