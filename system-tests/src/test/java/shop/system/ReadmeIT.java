package shop.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.http.client.domain.BindingInfo;
import com.rabbitmq.http.client.domain.QueueInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import shop.playground.servers.Broker;

/** What the README says of queues and events is what the running shop has declared. */
@WithShop
class ReadmeIT {
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");
    private static final List<String> RETRY = List.of(".retry.5s", ".retry.30s", ".retry.5m", ".parked");

    private final List<String> readme;
    private final Broker broker;

    ReadmeIT(Visitor visitor) throws IOException {
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
    void itsTableOfServicesNamesTheEventsThatEachListensTo() {
        Map<String, TreeSet<String>> bound = broker.bindings().stream()
                .filter(binding -> binding.getSource().equals("shop.events"))
                .filter(binding -> binding.getDestination().endsWith(".events"))
                .collect(Collectors.groupingBy(
                        binding -> service(binding.getDestination()),
                        TreeMap::new,
                        Collectors.mapping(BindingInfo::getRoutingKey, Collectors.toCollection(TreeSet::new))));
        Map<String, TreeSet<String>> told = table("service").stream()
                .collect(Collectors.toMap(
                        row -> linkText(row.get(0)),
                        row -> new TreeSet<>(code(row.get(4))),
                        (one, other) -> one,
                        TreeMap::new));
        assertThat(bound).isEqualTo(told);
    }

    @Test
    void itsTableOfServicesNamesTheEventsThatEachPublishes() throws IOException {
        TreeSet<String> told = table("service").stream()
                .flatMap(row -> code(row.get(5)).stream())
                .filter(key -> !key.equals("purchase"))
                .collect(Collectors.toCollection(TreeSet::new));
        try (Stream<Path> golden = Files.list(Path.of("..", "events", "src", "test", "resources", "golden"))) {
            assertThat(told)
                    .isEqualTo(golden.map(file -> file.getFileName().toString().replace(".json", ""))
                            .collect(Collectors.toCollection(TreeSet::new)));
        }
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

    private static String service(String queue) {
        String first = queue.substring(0, queue.indexOf('.'));
        return first.equals("seckill") ? "seckill-gateway" : first + "-service";
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
