package shop.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.http.client.domain.QueueInfo;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import shop.playground.client.Api;
import shop.playground.client.Customer;
import shop.playground.proxy.Proxy;
import shop.playground.proxy.Traffic;
import shop.playground.servers.BadMessages;
import shop.playground.servers.BadMessages.BadMessage;
import shop.playground.servers.Broker;
import shop.playground.shop.Service;

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

    @ParameterizedTest
    @ValueSource(strings = {"delivery-service", "email-service", "sms-service"})
    void anEffectWhoseAcknowledgementDiedWithTheSubscriberIsKnownAgain(String subscriber) {
        Api customer = visitor.signIn(visitor.customer("Adele Goldstine", "en"));
        shop.audit().awaitRest();
        Proxy proxy = shop.broker(subscriber);
        proxy.hold(Traffic.ACKS);
        String order = Customer.place(customer, List.of(visitor.product())).text("id");
        Customer.pay(customer, order);
        proxy.awaitHeld(1);

        shop.killAndRestart(subscriber);

        shop.audit().check();
    }

    @Test
    void mailsWaitForAMailServerThatIsAway() {
        shop.shop().mail().stop();
        shop.load(10).finish();
        await().atMost(Duration.ofSeconds(20)).until(() -> waitingForRetry("email") > 0);

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

    private long waitingForRetry(String service) {
        return broker
                .ready(broker.queues().stream()
                        .map(QueueInfo::getName)
                        .filter(queue -> queue.startsWith(service + ".events.retry."))
                        .toList())
                .values()
                .stream()
                .mapToLong(Long::longValue)
                .sum();
    }

    /** Tells the order service, and nobody else, that often that an order has arrived. */
    private void publishDeliveries(String order, int number) {
        broker.with(channel -> {
            for (int n = 0; n < number; n++) {
                String id = UUID.randomUUID().toString();
                BasicProperties properties = new BasicProperties.Builder()
                        .messageId(id)
                        .type("shipment.delivered")
                        .contentType("application/json")
                        .deliveryMode(2)
                        .build();
                channel.basicPublish("", "order.events", properties, delivered(id, order));
            }
            return number;
        });
    }

    private static byte[] delivered(String id, String order) {
        String now = Instant.now().toString();
        Map<String, Object> event = Map.of(
                "eventId", id,
                "occurredAt", now,
                "order", order,
                "shipment", id,
                "depot", "rotterdam",
                "recipient",
                        Map.of(
                                "name",
                                "Grace",
                                "email",
                                "grace@example.org",
                                "phone",
                                "+4415112345678",
                                "language",
                                "en"),
                "at", now);
        try {
            return new ObjectMapper().writeValueAsBytes(event);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
