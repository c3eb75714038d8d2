package shop.events;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import shop.events.Contract.Golden;

/**
 * Holds the records against the JSON that others rely on: {@code golden/<routing key>/1.json} is the least that a
 * message carries, {@code 2.json} and so on have what it may carry besides. Golden files are added, never edited. A
 * failure here is a breaking change of the contract ({@link Compatibility}).
 */
class GoldenEventsTest {

    static List<Golden> goldenFiles() {
        return Contract.goldenFiles();
    }

    static Stream<Golden> firstGoldenFiles() {
        return goldenFiles().stream().filter(golden -> golden.number().equals("1.json"));
    }

    @ParameterizedTest
    @MethodSource("goldenFiles")
    void isStillWrittenAndRead(Golden golden) {
        assertThat(Compatibility.breaks(Contract.messages().get(golden.key()), golden.form()))
                .isEmpty();
    }

    @ParameterizedTest
    @MethodSource("firstGoldenFiles")
    void carriesAtLeastWhatTheFirstGoldenFileHas(Golden golden) {
        assertThat(Compatibility.optional(Contract.messages().get(golden.key()), golden.form()))
                .isEmpty();
    }

    @Test
    void everyMessageHasItsGoldenFilesAndNoneIsGone() {
        assertThat(firstGoldenFiles().map(Golden::key))
                .containsExactlyInAnyOrderElementsOf(Contract.messages().keySet());
        assertThat(goldenFiles().stream().map(Golden::key).collect(Collectors.toSet()))
                .isEqualTo(Contract.messages().keySet());
    }
}
