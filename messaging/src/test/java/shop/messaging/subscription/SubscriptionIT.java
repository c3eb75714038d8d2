package shop.messaging.subscription;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.http.client.domain.QueueInfo;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.amqp.rabbit.listener.RabbitListenerEndpointRegistry;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.test.annotation.DirtiesContext;
import shop.messaging.UnprocessableMessageException;
import shop.playground.servers.Broker;
import shop.playground.servers.Kind;
import shop.playground.servers.WithServers;

@WithServers(Kind.RABBITMQ)
@SpringBootTest(
        properties = "spring.autoconfigure.exclude="
                + "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration")
@DirtiesContext
class SubscriptionIT {
    private static final String QUEUE = "parcel.events";
    private static final String PARKED = QUEUE + ".parked";

    private final Broker broker;

    @Autowired
    private Depot depot;

    @Autowired
    private RabbitListenerEndpointRegistry consumers;

    SubscriptionIT(Broker broker) {
        this.broker = broker;
    }

    @BeforeEach
    void awaitConsumer() {
        await().until(() -> broker.consumers(QUEUE) == 1);
    }

    @AfterEach
    void leaveNothing() {
        depot.reset();
        List.of(PARKED, QUEUE + ".retry.1s", QUEUE + ".retry.2s").forEach(broker::purge);
    }

    @Test
    void declaresTheWholeTopologyOfASubscriber() {
        Map<String, Map<String, Object>> queues = new ConcurrentHashMap<>();
        await().untilAsserted(() -> {
            for (QueueInfo queue : broker.queues()) {
                queues.put(queue.getName(), queue.getArguments());
            }
            assertThat(queues).containsKeys(QUEUE, PARKED, QUEUE + ".retry.1s", QUEUE + ".retry.2s");
        });
        assertThat(queues.get(QUEUE))
                .contains(
                        entry("x-queue-type", "quorum"),
                        entry("x-dead-letter-exchange", "parcel.redelivery"),
                        entry("x-dead-letter-routing-key", PARKED),
                        entry("x-dead-letter-strategy", "at-least-once"),
                        entry("x-overflow", "reject-publish"))
                .containsKey("x-delivery-limit");
        assertThat(queues.get(QUEUE + ".retry.2s"))
                .contains(
                        entry("x-queue-type", "quorum"),
                        entry("x-message-ttl", 2000),
                        entry("x-dead-letter-routing-key", QUEUE),
                        entry("x-dead-letter-strategy", "at-least-once"));
        assertThat(queues.get(PARKED)).contains(entry("x-delivery-limit", Integer.MAX_VALUE));
        assertThat(broker.bindings())
                .filteredOn(binding -> binding.getSource().equals("shop.events"))
                .filteredOn(binding -> binding.getDestination().equals(QUEUE))
                .extracting("routingKey")
                .containsExactlyInAnyOrder("parcel.sent", "parcel.lost");
    }

    @Test
    void handsEachMessageToTheHandlerOfItsType() {
        publish("parcel.sent", "parcel.sent", "{\"id\":\"a\"}");
        publish("parcel.lost", "parcel.lost", "{\"id\":\"b\",\"where\":\"sea\"}");
        await().untilAsserted(() -> assertThat(depot.seen).containsExactly("sent a", "lost b in sea"));
    }

    @Test
    void triesAtOnceThenLaterAndThenSucceeds() {
        depot.failing.put("c", 4); // three tries in place, one more after the first wait
        publish("parcel.sent", "parcel.sent", "{\"id\":\"c\"}");
        await().untilAsserted(() -> assertThat(depot.seen).containsExactly("sent c"));
        assertThat(depot.tries.get("c")).isEqualTo(5);
        assertThat(broker.ready(PARKED)).isZero();
    }

    @Test
    void parksWhatFailsToTheEndWithItsHistory() {
        depot.failing.put("d", Integer.MAX_VALUE);
        BasicProperties.Builder asSentAgainByAClient = properties("parcel.sent")
                .expiration("60000")
                .headers(Map.of("x-death", "made up", "x-first-death-queue", "made up", "colour", "red"));
        broker.publish("shop.events", "parcel.sent", asSentAgainByAClient.build(), bytes("{\"id\":\"d\"}"));

        GetResponse parked = parked();
        assertThat(depot.tries.get("d")).isEqualTo(9); // three in place, for the first delivery and two later ones
        Map<String, Object> headers = parked.getProps().getHeaders();
        assertThat(headers.get(FailureHeaders.ATTEMPTS)).isEqualTo(3);
        assertThat(headers.get(FailureHeaders.REASON)).asString().contains("no room for d");
        assertThat(headers.get(FailureHeaders.STACK)).asString().contains("SubscriptionIT");
        assertThat(headers.get(FailureHeaders.ORIGIN)).asString().isEqualTo(QUEUE);
        assertThat(headers.get(FailureHeaders.FIRST_FAILED_AT))
                .asString()
                .isLessThan(headers.get(FailureHeaders.LAST_FAILED_AT).toString());
        assertThat(headers).containsKey("colour").doesNotContainKeys("x-death", "x-first-death-queue");
        assertThat(parked.getProps().getMessageId()).isEqualTo("id-of-parcel.sent");
        assertThat(parked.getProps().getDeliveryMode()).isEqualTo(2);
        assertThat(parked.getProps().getExpiration()).isNull();
        assertThat(parked.getBody()).isEqualTo(bytes("{\"id\":\"d\"}"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            parcel.sent    | not JSON         | not a Sent
            parcel.sent    | {"name":"x"}     | Sent.id is missing
            parcel.sent    | [{"id":"x"}]     | not a Sent
            parcel.unheard | {"id":"x"}       | Nobody here handles the type parcel.unheard
                           | {"id":"x"}       | no type
            parcel.sent    | {"id":"hopeless"}| hopeless, says the depot
            """)
    void parksAtOnceWhatNothingCanHelpAndServesTheNext(String type, String body, String reason) {
        publish("parcel.sent", type, body);
        publish("parcel.sent", "parcel.sent", "{\"id\":\"next\"}");
        await().untilAsserted(() -> assertThat(depot.seen).containsExactly("sent next"));
        Map<String, Object> headers = parked().getProps().getHeaders();
        assertThat(headers.get(FailureHeaders.REASON)).asString().contains(reason);
        assertThat(headers.get(FailureHeaders.ATTEMPTS)).isEqualTo(1);
    }

    @Test
    void insistsWhenTheBrokerRefusesTheCopyHoweverLongThatLasts() {
        depot.failing.put("e", 3);
        unbind(QUEUE + ".retry.1s");
        try {
            publish("parcel.sent", "parcel.sent", "{\"id\":\"e\"}");
            await().until(() -> depot.tries.getOrDefault("e", 0) == 3);
            await().during(Duration.ofSeconds(11))
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> broker.ready(PARKED) == 0 && depot.tries.get("e") == 3);
        } finally {
            bind(QUEUE + ".retry.1s");
        }
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(depot.seen).containsExactly("sent e"));
        assertThat(broker.ready(PARKED)).isZero();
        assertThat(depot.tries.get("e")).isEqualTo(4);
    }

    @Test
    void leavesTheMessageInItsQueueWhenItIsStoppedBeforeTheCopyIsConfirmed() {
        depot.failing.put("f", 3);
        unbind(QUEUE + ".retry.1s");
        try {
            publish("parcel.sent", "parcel.sent", "{\"id\":\"f\"}");
            await().until(() -> depot.tries.getOrDefault("f", 0) == 3);
            consumers.getListenerContainer(QUEUE).stop();
            await().untilAsserted(() -> assertThat(broker.ready(QUEUE)).isEqualTo(1));
            assertThat(broker.ready(PARKED)).isZero();
        } finally {
            bind(QUEUE + ".retry.1s");
            consumers.getListenerContainer(QUEUE).start();
        }
        await().untilAsserted(() -> assertThat(depot.seen).containsExactly("sent f"));
    }

    private void unbind(String queue) {
        broker.with(channel -> channel.queueUnbind(queue, "parcel.redelivery", queue));
    }

    private void bind(String queue) {
        broker.with(channel -> channel.queueBind(queue, "parcel.redelivery", queue));
    }

    private GetResponse parked() {
        return await().atMost(Duration.ofSeconds(20))
                .until(() -> broker.take(PARKED), Optional::isPresent)
                .orElseThrow();
    }

    private void publish(String key, String type, String body) {
        assertThat(broker.publish("shop.events", key, properties(type).build(), bytes(body)))
                .isEqualTo(Broker.Outcome.CONFIRMED);
    }

    private static BasicProperties.Builder properties(String type) {
        return new BasicProperties.Builder()
                .type(type)
                .messageId("id-of-" + type)
                .contentType("application/json")
                .deliveryMode(2);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Configuration
    @EnableAutoConfiguration
    static class ParcelService {

        @Bean
        Subscription parcelEvents(Depot depot) {
            return Subscription.queue(QUEUE)
                    .on("parcel.sent", Sent.class, depot::on)
                    .on("parcel.lost", Lost.class, depot::on)
                    .prefetch(5);
        }

        @Bean
        Depot depot() {
            return new Depot();
        }
    }

    record Sent(String id) {}

    record Lost(String id, String where) {}

    static class Depot {
        private final List<String> seen = new CopyOnWriteArrayList<>();
        private final Map<String, Integer> failing = new ConcurrentHashMap<>();
        private final Map<String, Integer> tries = new ConcurrentHashMap<>();

        void on(Sent parcel) throws Exception {
            if (parcel.id().equals("hopeless")) {
                throw new UnprocessableMessageException("hopeless, says the depot");
            }
            if (tries.merge(parcel.id(), 1, Integer::sum) <= failing.getOrDefault(parcel.id(), 0)) {
                throw new Exception("no room for " + parcel.id());
            }
            seen.add("sent " + parcel.id());
        }

        void on(Lost parcel) {
            seen.add("lost " + parcel.id() + " in " + parcel.where());
        }

        private void reset() {
            seen.clear();
            failing.clear();
            tries.clear();
        }
    }
}
