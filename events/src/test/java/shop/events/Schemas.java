package shop.events;

import static java.util.Comparator.comparing;

import com.github.victools.jsonschema.generator.Option;
import com.github.victools.jsonschema.generator.OptionPreset;
import com.github.victools.jsonschema.generator.SchemaBuilder;
import com.github.victools.jsonschema.generator.SchemaGenerator;
import com.github.victools.jsonschema.generator.SchemaGeneratorConfigBuilder;
import com.github.victools.jsonschema.generator.SchemaVersion;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * JSON schemas, draft 7 as AsyncAPI has them. What is not {@code @Nullable} is required; what nobody has heard of yet
 * is allowed, since a publisher may add it.
 */
final class Schemas {
    private static final String PLACE = "components/schemas";
    private static final SchemaRegistry registry = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_7);

    private Schemas() {}

    /** The schemas of these records and of all that they are made of, by name. */
    static ObjectNode of(Collection<? extends Class<?>> records) {
        SchemaGeneratorConfigBuilder config = new SchemaGeneratorConfigBuilder(
                        SchemaVersion.DRAFT_7, OptionPreset.PLAIN_JSON)
                .with(Option.DEFINITIONS_FOR_ALL_OBJECTS, Option.EXTRA_OPEN_API_FORMAT_VALUES);
        config.forFields()
                .withRequiredCheck(
                        field -> !field.getRawMember().getAnnotatedType().isAnnotationPresent(Nullable.class));
        config.forTypesInGeneral().withPropertySorter(comparing(property -> 0)); // as the record has them
        SchemaBuilder schemas = new SchemaGenerator(config.build()).buildMultipleSchemaDefinitions();
        records.forEach(schemas::createSchemaReference);
        return schemas.collectDefinitions(PLACE);
    }

    /** What the schema of that name has against the message; empty where it is valid. */
    static List<String> violations(JsonNode schemas, String name, JsonNode message) {
        ObjectNode document = new JsonMapper().createObjectNode();
        document.withArray("allOf").addObject().put("$ref", "#/" + PLACE + "/" + name);
        document.withObject("/components").set("schemas", schemas);
        Schema schema = registry.getSchema(document);
        return schema
                .validate(message, context -> context.executionConfig(config -> config.formatAssertionsEnabled(true)))
                .stream()
                .map(Error::toString)
                .toList();
    }
}
