package shop.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The tests that {@code docs/guarantees.md} calls as witnesses are there. */
class GuaranteesTest {
    private static final Path DOCS = Path.of("..", "docs");
    private static final String NAME = "`([A-Z]\\w*(?:IT|Test))(?:\\.(\\w+))?`";
    private static final Pattern NAMED = Pattern.compile(NAME);
    private static final Pattern LINKED = Pattern.compile("\\[" + NAME + "]\\(([^)]+)\\)");

    private final String guarantees;

    GuaranteesTest() throws IOException {
        guarantees = Files.readString(DOCS.resolve("guarantees.md"));
    }

    @Test
    void eachTestThatIsNamedIsLinked() {
        assertThat(NAMED.matcher(guarantees).results().map(MatchResult::group))
                .isNotEmpty()
                .containsExactlyElementsOf(LINKED.matcher(guarantees)
                        .results()
                        .map(link -> link.group().substring(1, link.group().indexOf(']')))
                        .toList());
    }

    @Test
    void eachLinkLeadsToTheTestThatItNames() throws IOException {
        List<MatchResult> links = LINKED.matcher(guarantees).results().toList();
        assertThat(links).isNotEmpty();
        for (MatchResult link : links) {
            Path file = DOCS.resolve(link.group(3));
            assertThat(file).isRegularFile().hasFileName(link.group(1) + ".java");
            if (link.group(2) != null) {
                assertThat(Files.readString(file)).as(link.group(1)).contains(" void " + link.group(2) + "(");
            }
        }
    }
}
