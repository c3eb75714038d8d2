package shop.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.rabbitmq.client.GetResponse;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import shop.playground.client.Api;
import shop.playground.client.Customer;
import shop.playground.servers.Broker;

/** A subscriber that no service knows of needs nothing but the broker. */
@WithShop
class NewSubscriberIT {
    private static final String QUEUE = "loyalty.events";

    private final Visitor visitor;

    NewSubscriberIT(Visitor visitor) {
        this.visitor = visitor;
    }

    @Test
    void joinsWhileTheShopRuns() throws Exception {
        Broker broker = visitor.shop().rabbitMq().broker();
        broker.with(channel -> {
            channel.queueDeclare(QUEUE, true, false, false, Map.of("x-queue-type", "quorum"));
            return channel.queueBind(QUEUE, "shop.events", "order.paid");
        });
        try {
            Customer customer = visitor.customer("Dorothy Vaughan", "en");
            Api signedIn = visitor.signIn(customer);
            String order = visitor.paidOrder(signedIn);

            GetResponse message =
                    await().until(() -> broker.take(QUEUE), Optional::isPresent).orElseThrow();
            JsonNode event = new ObjectMapper().readTree(message.getBody());
            assertThat(event.path("order").asText()).isEqualTo(order);
            assertThat(event.path("recipient").path("email").asText()).isEqualTo(customer.email());
            assertThat(message.getProps().getType()).isEqualTo("order.paid");
            assertThat(message.getProps().getMessageId())
                    .isEqualTo(event.path("eventId").asText());
            assertThat(message.getProps().getAppId()).isEqualTo("order-service");
        } finally {
            broker.with(channel -> channel.queueDelete(QUEUE));
        }
    }
}
