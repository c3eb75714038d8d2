package shop.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What may become of {@code Asked} while others rely on its golden files, and what may not. */
class CompatibilityTest {

    record Asked(
            UUID id,
            int times,
            Money most,
            List<Line> lines,
            @Nullable String note) {}

    record WithAnOptionalPropertyMore(
            UUID id,
            int times,
            Money most,
            List<Line> lines,
            @Nullable String note,
            @Nullable Integer more) {}

    record InAnotherOrder(@Nullable String note, List<Line> lines, Money most, int times, UUID id) {}

    record WithARequiredPropertyMore(
            UUID id,
            int times,
            Money most,
            List<Line> lines,
            @Nullable String note,
            String more) {}

    record WithAPropertyLess(
            UUID id, Money most, List<Line> lines, @Nullable String note) {}

    record WithoutItsNote(UUID id, int times, Money most, List<Line> lines) {}

    record Renamed(
            UUID id,
            int count,
            Money most,
            List<Line> lines,
            @Nullable String note) {}

    record Retyped(
            UUID id,
            String times,
            Money most,
            List<Line> lines,
            @Nullable String note) {}

    record RetypedWithin(
            UUID id,
            int times,
            Price most,
            List<Line> lines,
            @Nullable String note) {}

    record Price(double amount, String currency) {}

    record RetypedInAList(
            UUID id,
            int times,
            Money most,
            List<Item> lines,
            @Nullable String note) {}

    record Item(UUID product, String name, Money price) {}

    record NoteRequired(UUID id, int times, Money most, List<Line> lines, String note) {}

    record TimesOptional(
            UUID id,
            @Nullable Integer times,
            Money most,
            List<Line> lines,
            @Nullable String note) {}

    private static final JsonNode LEAST = new JsonMapper().readTree("""
                    {"id": "01990000-0000-7000-8000-000000000001", "times": 2, "most": {"amount": 5, "currency": "EUR"},
                     "lines": [{"product": "01990000-0000-7000-8000-000000000003", "name": "Lamp", "quantity": 1,
                                "price": {"amount": 5, "currency": "EUR"}}]}""");
    private static final JsonNode NOTED = with("note", "by the door");

    @ParameterizedTest
    @ValueSource(classes = {Asked.class, WithAnOptionalPropertyMore.class, InAnotherOrder.class})
    void letsARecordGainWhatMayBeMissing(Class<?> changed) {
        assertThat(Compatibility.breaks(changed, LEAST)).isEmpty();
        assertThat(Compatibility.breaks(changed, NOTED)).isEmpty();
        assertThat(Compatibility.optional(changed, LEAST)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("breakingChanges")
    void refusesWhatBreaksTheLeastForm(Class<?> changed, String because) {
        assertThat(Compatibility.breaks(changed, LEAST))
                .anySatisfy(breaking -> assertThat(breaking).contains(because));
    }

    static Stream<Arguments> breakingChanges() {
        return Stream.of(
                arguments(WithARequiredPropertyMore.class, "required property 'more' not found"),
                arguments(WithAPropertyLess.class, "/times is no longer 2 but missing"),
                arguments(Renamed.class, "required property 'count' not found"),
                arguments(Retyped.class, "/times is no longer 2 but \"2\""),
                arguments(RetypedWithin.class, "/most/amount is no longer 5 but 5.0"),
                arguments(RetypedInAList.class, "/lines/0/quantity is no longer 1 but missing"),
                arguments(NoteRequired.class, "required property 'note' not found"));
    }

    @Test
    void refusesToLoseWhatMayBeThere() {
        assertThat(Compatibility.breaks(WithoutItsNote.class, LEAST)).isEmpty();
        assertThat(Compatibility.breaks(WithoutItsNote.class, NOTED))
                .containsExactly("/note is no longer \"by the door\" but missing");
    }

    @Test
    void noticesWhatMayBeMissingNow() {
        assertThat(Compatibility.optional(TimesOptional.class, LEAST)).containsExactly("/times");
        assertThat(Compatibility.optional(Asked.class, NOTED)).containsExactly("/note");
    }

    private static JsonNode with(String property, String value) {
        return LEAST.deepCopy().asObject().put(property, value);
    }
}
