package shop.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.networknt.schema.Error;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.http.client.domain.BindingInfo;
import com.rabbitmq.http.client.domain.ExchangeInfo;
import com.rabbitmq.http.client.domain.QueueInfo;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import shop.playground.servers.Broker;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** What {@code events/asyncapi.yaml} says is what the running shop does. */
@WithShop
class AsyncApiIT {
    private static final String RECORDER = "recorder.messages";
    private static final JsonMapper json = new JsonMapper();
    private static final SchemaRegistry registry = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_7);

    private final Visitor visitor;
    private final Broker broker;
    private final JsonNode document = new YAMLMapper().readTree(Path.of("..", "events", "asyncapi.yaml"));

    AsyncApiIT(Visitor visitor) {
        this.visitor = visitor;
        this.broker = visitor.shop().rabbitMq().broker();
    }

    @Test
    void itsExchangesAreTheBrokers() {
        Map<String, ExchangeInfo> declared =
                broker.exchanges().stream().collect(Collectors.toMap(ExchangeInfo::getName, Function.identity()));
        assertThat(exchanges()).isNotEmpty().allSatisfy(exchange -> {
            String name = exchange.path("name").asString();
            assertThat(declared).containsKey(name);
            assertThat(declared.get(name).getType())
                    .isEqualTo(exchange.path("type").asString());
            assertThat(declared.get(name).isDurable())
                    .isEqualTo(exchange.path("durable").asBoolean());
            assertThat(declared.get(name).isAutoDelete())
                    .isEqualTo(exchange.path("autoDelete").asBoolean());
            assertThat(declared.get(name).getVhost())
                    .isEqualTo(exchange.path("vhost").asString());
        });
    }

    @Test
    void itsReceiversAreTheBindingsOfTheirQueues() {
        Set<String> names =
                exchanges().map(exchange -> exchange.path("name").asString()).collect(Collectors.toSet());
        Map<String, Map<String, Object>> queues =
                broker.queues().stream().collect(Collectors.toMap(QueueInfo::getName, QueueInfo::getArguments));
        Set<Route> bound = broker.bindings().stream()
                .filter(binding -> names.contains(binding.getSource()))
                .filter(binding -> !binding.getDestination().equals("shop.journal")) // keeps all, and does nothing
                .map(binding -> Route.of(binding, queues.get(binding.getDestination())))
                .collect(Collectors.toSet());
        Set<Route> told = operations("receive").map(this::route).collect(Collectors.toSet());
        assertThat(bound).isEqualTo(told);
    }

    @Test
    void itsSendersPublishWhatItsSchemasDescribe() {
        Map<String, Set<String>> told = new TreeMap<>();
        operations("send")
                .forEach(operation -> told.computeIfAbsent(service(operation), name -> new TreeSet<>())
                        .add(channel(operation).path("address").asString()));
        Map<String, Set<String>> heard = new TreeMap<>();
        broker.with(channel -> {
            channel.queueDeclare(RECORDER, true, false, false, Map.of("x-queue-type", "quorum"));
            channel.queueBind(RECORDER, "shop.events", "#");
            channel.queueBind(RECORDER, "seckill.commands", "sale.recount");
            return channel.queueBind(RECORDER, "seckill.commands", "purchase");
        });
        try {
            visitor.makeEverythingHappen();
            await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
                for (GetResponse message : broker.takeAll(RECORDER)) {
                    String key = message.getEnvelope().getRoutingKey();
                    String publisher = message.getProps().getAppId();
                    if (isTheOrderServicesOwn(message) || publisher == null) {
                        continue; // the visitor, who plays a gateway gone astray, names no publisher
                    }
                    assertThat(violations(key, message)).as(key).isEmpty();
                    heard.computeIfAbsent(publisher, name -> new TreeSet<>()).add(key);
                }
                assertThat(heard).isEqualTo(told);
            });
        } finally {
            broker.with(channel -> channel.queueDelete(RECORDER));
        }
    }

    /** The marker that it sends to itself, behind the purchases, when a sale is over. */
    private static boolean isTheOrderServicesOwn(GetResponse message) {
        return message.getEnvelope().getExchange().equals("seckill.commands")
                && "order-service".equals(message.getProps().getAppId());
    }

    private record Route(String exchange, String key, String queue) {
        /** A queue in which messages only wait, without a consumer, leads to the one in which they are found. */
        static Route of(BindingInfo binding, Map<String, Object> arguments) {
            Object queue = arguments.containsKey("x-message-ttl")
                    ? arguments.get("x-dead-letter-routing-key")
                    : binding.getDestination();
            return new Route(binding.getSource(), binding.getRoutingKey(), String.valueOf(queue));
        }
    }

    private Route route(JsonNode operation) {
        JsonNode channel = channel(operation);
        return new Route(
                exchange(channel).path("name").asString(),
                channel.path("address").asString(),
                trait(operation).path("x-queue").asString());
    }

    /** What the document has against the message: its body, its properties and its exchange. */
    private List<String> violations(String key, GetResponse message) {
        JsonNode channel = document.path("channels").path(key);
        if (channel.isMissingNode()) {
            return List.of("no channel has this key");
        }
        List<String> violations = new ArrayList<>();
        if (!message.getEnvelope()
                .getExchange()
                .equals(exchange(channel).path("name").asString())) {
            violations.add("published to " + message.getEnvelope().getExchange());
        }
        JsonNode described = target(channel.path("messages").iterator().next());
        violations.addAll(violations(described.path("payload"), json.readTree(message.getBody())));
        violations.addAll(violations(trait(described).path("x-amqp-properties"), properties(message.getProps())));
        if (!described
                .at("/bindings/amqp/messageType")
                .asString()
                .equals(message.getProps().getType())) {
            violations.add("of type " + message.getProps().getType());
        }
        return violations;
    }

    private List<String> violations(JsonNode schema, JsonNode instance) {
        ObjectNode whole = json.createObjectNode();
        whole.withArray("allOf").add(schema);
        whole.set("components", document.path("components"));
        return registry
                .getSchema(whole)
                .validate(instance, context -> context.executionConfig(config -> config.formatAssertionsEnabled(true)))
                .stream()
                .map(Error::toString)
                .toList();
    }

    private static JsonNode properties(BasicProperties sent) {
        ObjectNode properties = json.createObjectNode();
        properties.put("message_id", sent.getMessageId());
        properties.put("type", sent.getType());
        properties.put("app_id", sent.getAppId());
        properties.put("correlation_id", sent.getCorrelationId());
        properties.put("content_type", sent.getContentType());
        properties.put("delivery_mode", sent.getDeliveryMode());
        if (sent.getTimestamp() != null) {
            properties.put("timestamp", sent.getTimestamp().toInstant().getEpochSecond());
        }
        return properties;
    }

    private Stream<JsonNode> exchanges() {
        return document.path("channels").valueStream().map(this::exchange).distinct();
    }

    private Stream<JsonNode> operations(String action) {
        return document.path("operations")
                .valueStream()
                .filter(operation -> operation.path("action").asString().equals(action));
    }

    private JsonNode exchange(JsonNode channel) {
        return target(channel.path("bindings")).at("/amqp/exchange");
    }

    private JsonNode channel(JsonNode operation) {
        return target(operation.path("channel"));
    }

    private String service(JsonNode operation) {
        return trait(operation).at("/tags/0/name").asString();
    }

    /** Operations and messages have one each. */
    private JsonNode trait(JsonNode described) {
        return target(described.at("/traits/0"));
    }

    private JsonNode target(JsonNode reference) {
        return document.at(reference.path("$ref").asString().substring(1));
    }
}
