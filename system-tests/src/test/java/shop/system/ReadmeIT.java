package shop.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.GetResponse;
import com.rabbitmq.http.client.domain.BindingInfo;
import com.rabbitmq.http.client.domain.QueueInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import shop.events.PurchaseCommand;
import shop.events.RecountCommand;
import shop.playground.servers.Broker;

/** What the README says of queues and events is what the running shop has declared. */
@WithShop
class ReadmeIT {
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");
    private static final List<String> RETRY = List.of(".retry.5s", ".retry.30s", ".retry.5m", ".parked");

    private static final Set<String> COMMANDS = Set.of(PurchaseCommand.KEY, RecountCommand.KEY);
    private static final String RECORDER = "recorder.events";

    private final Visitor visitor;
    private final List<String> readme;
    private final Broker broker;

    ReadmeIT(Visitor visitor) throws IOException {
        this.visitor = visitor;
        this.readme = Files.readAllLines(Path.of("..", "README.md"));
        this.broker = visitor.shop().rabbitMq().broker();
    }

    @Test
    void itsTableOfQueuesIsTheBrokers() {
        Map<String, String> told = new TreeMap<>();
        for (List<String> row : table("queue")) {
            String queue = code(row.get(0)).get(0);
            told.put(queue, row.get(1));
            if (row.get(0).endsWith("+ retry")) {
                RETRY.forEach(suffix -> told.put(queue + suffix, "quorum"));
            }
        }
        await().untilAsserted(() -> assertThat(declaredQueues()).isEqualTo(told));
    }

    @Test
    void itsTableOfQueuesNamesTheServiceThatOwnsEach() {
        assertThat(table("queue"))
                .isNotEmpty()
                .allSatisfy(row -> assertThat(row.get(2))
                        .as(row.get(0))
                        .isEqualTo(service(code(row.get(0)).get(0))));
    }

    @Test
    void itsTableOfServicesNamesTheEventsThatEachListensTo() {
        await().untilAsserted(() -> assertThat(bound()).isEqualTo(eventsToldOf(4)));
    }

    private Map<String, Set<String>> bound() {
        return broker.bindings().stream()
                .filter(binding -> binding.getSource().equals("shop.events"))
                .filter(binding -> !binding.getDestination().equals("shop.journal"))
                .collect(Collectors.groupingBy(
                        binding -> service(binding.getDestination()),
                        TreeMap::new,
                        Collectors.mapping(BindingInfo::getRoutingKey, Collectors.toCollection(TreeSet::new))));
    }

    @Test
    void itsTableOfServicesNamesTheEventsThatEachPublishes() {
        Map<String, Set<String>> told = eventsToldOf(5);
        Map<String, Set<String>> heard = new TreeMap<>();
        told.keySet().forEach(service -> heard.put(service, new TreeSet<>()));
        broker.with(channel -> {
            channel.queueDeclare(RECORDER, true, false, false, Map.of("x-queue-type", "quorum"));
            return channel.queueBind(RECORDER, "shop.events", "#");
        });
        try {
            visitor.makeEverythingHappen();
            await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
                for (GetResponse event : broker.takeAll(RECORDER)) {
                    heard.computeIfAbsent(event.getProps().getAppId(), service -> new TreeSet<>())
                            .add(event.getEnvelope().getRoutingKey());
                }
                assertThat(heard).isEqualTo(told);
            });
        } finally {
            broker.with(channel -> channel.queueDelete(RECORDER));
        }
    }

    /** The events in this column of the table of services; the commands there are none. */
    private Map<String, Set<String>> eventsToldOf(int column) {
        return table("service").stream()
                .collect(Collectors.toMap(
                        row -> linkText(row.get(0)),
                        row -> new TreeSet<>(code(row.get(column)).stream()
                                .filter(key -> !COMMANDS.contains(key))
                                .toList()),
                        (one, other) -> one,
                        TreeMap::new));
    }

    private Map<String, String> declaredQueues() {
        return broker.queues().stream()
                .filter(queue -> !queue.isExclusive())
                .collect(Collectors.toMap(
                        QueueInfo::getName,
                        queue -> String.valueOf(queue.getArguments().get("x-queue-type")),
                        (one, other) -> one,
                        TreeMap::new));
    }

    /** A queue bears the name of the service that declares it. */
    private static String service(String queue) {
        return switch (queue.substring(0, queue.indexOf('.'))) {
            case "seckill" -> "seckill-gateway";
            case "shop" -> "order-service"; // keeps the journal for everybody
            default -> queue.substring(0, queue.indexOf('.')) + "-service";
        };
    }

    /** The rows of the table whose first heading is this. */
    private List<List<String>> table(String heading) {
        return readme.stream()
                .dropWhile(line -> !line.startsWith("| " + heading + " |"))
                .skip(2)
                .takeWhile(line -> line.startsWith("|"))
                .map(line -> Arrays.stream(line.substring(1).split("\\|", -1))
                        .map(String::strip)
                        .toList())
                .toList();
    }

    private static List<String> code(String cell) {
        return CODE.matcher(cell).results().map(result -> result.group(1)).toList();
    }

    private static String linkText(String cell) {
        return cell.replaceAll("\\[([^]]+)].*", "$1");
    }
}
