package shop.events;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import shop.events.Contract.Golden;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;
import tools.jackson.dataformat.yaml.YAMLWriteFeature;

/** Holds {@code asyncapi.yaml} against the records and their golden files. */
class AsyncApiTest {
    private static final Path FILE = Path.of("asyncapi.yaml");
    private static final String SCHEMAS = "\n  schemas:\n";
    private static final String HOW = "mvn test -pl events -Dtest=AsyncApiTest -Dasyncapi.write=true";
    private static final YAMLMapper yaml = YAMLMapper.builder()
            .disable(YAMLWriteFeature.WRITE_DOC_START_MARKER)
            .enable(YAMLWriteFeature.MINIMIZE_QUOTES, YAMLWriteFeature.INDENT_ARRAYS_WITH_INDICATOR)
            .build();

    private final JsonNode document = yaml.readTree(FILE);

    static List<Golden> goldenFiles() {
        return Contract.goldenFiles();
    }

    static Stream<Golden> firstGoldenFiles() {
        return GoldenEventsTest.firstGoldenFiles();
    }

    @Test
    void itsSchemasAreThoseOfTheRecords() throws IOException {
        ObjectNode generated = Schemas.of(Contract.messages().values());
        if (Boolean.getBoolean("asyncapi.write")) {
            String text = Files.readString(FILE);
            String before = text.substring(0, text.indexOf(SCHEMAS) + SCHEMAS.length());
            Files.writeString(FILE, before + yaml.writeValueAsString(generated).indent(4));
        }
        assertThat(yaml.readTree(FILE).at("/components/schemas"))
                .as("the schemas in %s; if the records are right, write them by: %s", FILE, HOW)
                .isEqualTo(generated);
    }

    @ParameterizedTest
    @MethodSource("goldenFiles")
    void itsSchemasAcceptEveryGoldenFileAndWhatIsNotKnownYet(Golden golden) {
        assertThat(violations(golden.key(), golden.form())).isEmpty();
        ObjectNode newer = golden.form().deepCopy().asObject().put("addedLater", true);
        assertThat(violations(golden.key(), newer)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("firstGoldenFiles")
    void itsSchemasRefuseAGoldenFileThatLacksSomething(Golden golden) {
        assertThat(Compatibility.properties(golden.form()))
                .isNotEmpty()
                .allSatisfy(property -> assertThat(
                                violations(golden.key(), Compatibility.without(property, golden.form())))
                        .as("without " + property)
                        .isNotEmpty());
    }

    @ParameterizedTest
    @MethodSource("goldenFiles")
    void itsSchemasRefuseAGoldenFileWithAnotherType(Golden golden) {
        assertThat(Compatibility.properties(golden.form()))
                .isNotEmpty()
                .allSatisfy(property -> assertThat(violations(golden.key(), retyped(property, golden.form())))
                        .as("with another type at " + property)
                        .isNotEmpty());
    }

    @Test
    void everyMessageHasAChannelOfItsOwnAndNoChannelIsLeftOver() {
        assertThat(document.path("channels").propertyNames())
                .containsExactlyInAnyOrderElementsOf(Contract.messages().keySet());
        Contract.messages().forEach((key, record) -> {
            String name = record.getSimpleName();
            JsonNode channel = document.path("channels").path(key);
            JsonNode message = document.path("components").path("messages").path(name);
            assertThat(channel.path("address").asString()).isEqualTo(key);
            assertThat(channel.path("messages").propertyNames()).containsExactly(name);
            assertThat(target(channel.path("messages").path(name))).isSameAs(message);
            assertThat(message.path("name").asString()).isEqualTo(key);
            assertThat(message.at("/bindings/amqp/messageType").asString()).isEqualTo(key);
            assertThat(message.at("/payload/$ref").asString()).isEqualTo("#/components/schemas/" + name);
        });
        assertThat(document.at("/components/messages").size())
                .isEqualTo(Contract.messages().size());
    }

    @Test
    void itsExchangesAreThoseOfTheRecords() {
        Contract.messages().forEach((key, record) -> {
            JsonNode bindings =
                    target(document.path("channels").path(key).path("bindings")).path("amqp");
            assertThat(bindings.at("/exchange/name").asString())
                    .isEqualTo(Event.class.isAssignableFrom(record) ? Event.EXCHANGE : PurchaseCommand.EXCHANGE);
        });
    }

    @Test
    void everyMessageIsSentByOneServiceAndEveryOperationHasItsChannel() {
        List<JsonNode> sent = document.path("operations")
                .valueStream()
                .filter(operation -> operation.path("action").asString().equals("send"))
                .map(operation -> target(operation.path("channel")).path("address"))
                .toList();
        assertThat(sent.stream().map(JsonNode::asString))
                .containsExactlyInAnyOrderElementsOf(Contract.messages().keySet());
        document.path("operations").forEachEntry((name, operation) -> {
            String action = operation.path("action").asString();
            assertThat(name)
                    .matches("[a-z-]+\\." + action + "s\\."
                            + target(operation.path("channel")).path("address").asString());
        });
    }

    @Test
    void everyReferenceLeadsSomewhereAndEveryPartIsReferredTo() {
        Set<String> references = Stream.of("channels", "operations", "components")
                .flatMap(part -> document.path(part).findValuesAsString("$ref").stream())
                .collect(Collectors.toSet());
        assertThat(references)
                .isNotEmpty()
                .allSatisfy(reference -> assertThat(
                                document.at(reference.substring(1)).isMissingNode())
                        .as(reference)
                        .isFalse());
        document.path("components")
                .forEachEntry((kind, parts) -> assertThat(references)
                        .containsAll(parts.propertyNames().stream()
                                .map(name -> "#/components/" + kind + "/" + name)
                                .toList()));
    }

    private List<String> violations(String key, JsonNode message) {
        String name = Contract.messages().get(key).getSimpleName();
        return Schemas.violations(document.at("/components/schemas"), name, message);
    }

    private JsonNode target(JsonNode reference) {
        return document.at(reference.path("$ref").asString().substring(1));
    }

    private static JsonNode retyped(JsonPointer property, JsonNode message) {
        JsonNode copy = message.deepCopy();
        String name = property.last().getMatchingProperty();
        ObjectNode owner = copy.at(property.head()).asObject();
        if (owner.path(name).isString()) {
            owner.put(name, 7);
        } else {
            owner.put(name, "seven");
        }
        return copy;
    }
}
