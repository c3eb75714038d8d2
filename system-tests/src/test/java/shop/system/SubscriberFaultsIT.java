package shop.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import shop.events.ShipmentDelivered;
import shop.playground.client.Api;
import shop.playground.client.Customer;
import shop.playground.proxy.Proxy;
import shop.playground.proxy.Traffic;
import shop.playground.servers.BadMessages;
import shop.playground.servers.BadMessages.BadMessage;
import shop.playground.servers.Broker;
import shop.playground.shop.Service;
import shop.playground.testing.Samples;

/** A subscriber dies or is away, or what it works with is. */
@WithProxiedShop
class SubscriberFaultsIT {
    private static final Duration CATCHING_UP = Duration.ofSeconds(60);

    private final ProxiedShop shop;
    private final Visitor visitor;
    private final Broker broker;

    SubscriberFaultsIT(ProxiedShop shop) {
        this.shop = shop;
        this.visitor = shop.visitor();
        this.broker = shop.shop().rabbitMq().broker();
    }

    /** A cancellation is the last that customers are written about an order: the subscriber dies in the middle of no other. */
    @ParameterizedTest
    @CsvSource({"delivery-service, payment, 1", "email-service, cancellation, 2", "sms-service, cancellation, 1"})
    void anEffectWhoseAcknowledgementDiedWithTheSubscriberIsKnownAgain(String subscriber, String deed, int effects) {
        Api customer = visitor.signIn(visitor.customer("Adele Goldstine", "en"));
        shop.audit().awaitRest();
        Proxy proxy = shop.broker(subscriber);
        proxy.hold(Traffic.ACKS);
        String order = Customer.place(customer, List.of(visitor.product())).text("id");
        if (deed.equals("payment")) {
            Customer.pay(customer, order);
        } else {
            Customer.cancel(customer, order);
        }
        proxy.awaitHeld(effects);

        shop.killAndRestart(subscriber);

        shop.audit().check();
    }

    @Test
    @Tag("long-faults")
    void mailsWaitForAMailServerThatIsAwayForLongerThanARetryTakes() {
        shop.shop().mail().stop();
        shop.load(5).finish();
        await().during(ProxiedShop.ALL_RETRIES.multipliedBy(2))
                .atMost(ProxiedShop.ALL_RETRIES.multipliedBy(3))
                .until(() -> broker.ready("email.events.parked"), parked -> parked == 0);

        shop.shop().mail().start();
        shop.audit().check();
    }

    @ParameterizedTest
    @CsvSource({"delivery.events, order.paid", "email.events, order.placed", "sms.events, order.paid"})
    void badMessagesAmongGoodOnesAreParkedAndHoldUpNothing(String queue, String type) {
        Load load = shop.load(15);
        assertThat(BadMessages.claimingToBe(type)).allSatisfy(bad -> parked(bad, queue));

        load.finish();
        shop.audit().check();
    }

    private void parked(BadMessage bad, String queue) {
        assertThat(bad.parkedReason(broker, "", queue, queue)).isNotEmpty(); // to this subscriber alone
    }

    @Test
    @Tag("long-faults")
    void aSubscriberWorksOffTenThousandEventsThatCameWhileItWasAway() {
        int events = 10_000;
        Api customer = visitor.signIn(visitor.customer("Grace Hopper", "en"));
        String order = visitor.paidOrder(customer);
        visitor.awaitState(customer, order, "DELIVERED");
        shop.audit().awaitRest();
        long before = shop.audit().handledByOrders();
        Service subscriber = shop.service("order-service");
        subscriber.stop();
        publishDeliveries(order, events);
        await().until(() -> broker.ready("order.events") == events);

        subscriber.start();

        await().atMost(CATCHING_UP).until(() -> shop.audit().handledByOrders() == before + events);
        shop.audit().check();
    }

    @Test
    void aFailedMessageWhoseCopyIsRefusedIsNotLost() {
        String retries = "email.events.retry.1s";
        Proxy proxy = shop.broker("email-service");
        broker.limit(retries, 0);
        shop.shop().mail().stop();
        try {
            proxy.hold(Traffic.NACKS);
            shop.load(10).finish();
            proxy.awaitHeld(1);
        } finally {
            broker.unlimit(retries);
            proxy.release();
            shop.shop().mail().start();
        }
        shop.audit().check();
    }

    /** Tells the order service, and nobody else, that often that an order has arrived. */
    private void publishDeliveries(String order, int number) {
        Samples.put(
                broker,
                "order.events",
                Stream.generate(() -> delivered(order)).limit(number).toList());
    }

    private static ShipmentDelivered delivered(String order) {
        return new ShipmentDelivered(
                UUID.randomUUID(),
                Samples.AT,
                UUID.fromString(order),
                UUID.randomUUID(),
                "rotterdam",
                Samples.ADA,
                Samples.AT);
    }
}
