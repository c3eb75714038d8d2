package shop.events;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The rule by which a message may change: what a golden file has stays, with its name, type and meaning, and what it
 * does without is never demanded. So a record may gain {@code @Nullable} components, and nothing else.
 */
final class Compatibility {
    private static final JsonMapper json = JsonMapper.builder()
            .changeDefaultPropertyInclusion(inclusion -> inclusion.withValueInclusion(JsonInclude.Include.NON_NULL))
            .build();

    private Compatibility() {}

    /** What the record breaks of the golden form: for those who still read it, or who still send it. */
    static List<String> breaks(Class<?> message, JsonNode golden) {
        List<String> breaks = new ArrayList<>(Schemas.violations(schemas(message), message.getSimpleName(), golden));
        try {
            JsonNode written = json.readTree(json.writeValueAsBytes(json.treeToValue(golden, message)));
            compare(JsonPointer.empty(), golden, written, breaks);
        } catch (JacksonException e) {
            breaks.add("is not read any more: " + e.getOriginalMessage());
        }
        return breaks;
    }

    /** The properties of the golden form that a message of this record may lack. */
    static List<String> optional(Class<?> message, JsonNode golden) {
        JsonNode schemas = schemas(message);
        return properties(golden).stream()
                .filter(property -> Schemas.violations(schemas, message.getSimpleName(), without(property, golden))
                        .isEmpty())
                .map(JsonPointer::toString)
                .toList();
    }

    /** Where the properties are, those of its parts included. */
    static List<JsonPointer> properties(JsonNode message) {
        List<JsonPointer> found = new ArrayList<>();
        collect(JsonPointer.empty(), message, found);
        return found;
    }

    static JsonNode without(JsonPointer property, JsonNode message) {
        JsonNode copy = message.deepCopy();
        ((ObjectNode) copy.at(property.head())).remove(property.last().getMatchingProperty());
        return copy;
    }

    private static JsonNode schemas(Class<?> message) {
        return Schemas.of(Set.of(message));
    }

    private static void compare(JsonPointer at, JsonNode golden, JsonNode written, List<String> breaks) {
        if (golden.isObject() && written.isObject()) {
            golden.propertyNames()
                    .forEach(name -> compare(at.appendProperty(name), golden.path(name), written.path(name), breaks));
        } else if (golden.isArray() && golden.size() == written.size()) {
            for (int element = 0; element < golden.size(); element++) {
                compare(at.appendIndex(element), golden.path(element), written.path(element), breaks);
            }
        } else if (!golden.equals(written)) {
            breaks.add(at + " is no longer " + golden + " but " + (written.isMissingNode() ? "missing" : written));
        }
    }

    private static void collect(JsonPointer at, JsonNode node, List<JsonPointer> found) {
        if (node.isObject()) {
            node.propertyNames().forEach(name -> {
                found.add(at.appendProperty(name));
                collect(at.appendProperty(name), node.path(name), found);
            });
        }
        for (int element = 0; node.isArray() && element < node.size(); element++) {
            collect(at.appendIndex(element), node.path(element), found);
        }
    }
}
