package shop.playground.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import shop.playground.client.UnexpectedException;
import shop.playground.console.Screen;

class FactsTest {

    private final ByteArrayOutputStream shown = new ByteArrayOutputStream();
    private final Facts facts =
            new Facts(new Screen(new PrintStream(shown, true, StandardCharsets.UTF_8), null, false));

    @Test
    void marksWhatCameTrue() {
        assertThat(facts.need("water is wet", () -> 42)).isEqualTo(42);
        facts.see("and cold", true, "it is not");

        assertThat(facts.allTrue()).isTrue();
        assertThat(shown()).isEqualTo("  ✔ water is wet\n  ✔ and cold\n");
    }

    @Test
    void saysWhyAFactIsNoneAndGoesOn() {
        facts.see("pigs fly", () -> {
            throw new UnexpectedException("seen walking");
        });
        facts.see("grass grows", true, "it does not");

        assertThat(facts.allTrue()).isFalse();
        assertThat(shown()).isEqualTo("  ✘ pigs fly\n      seen walking\n  ✔ grass grows\n");
    }

    @Test
    void endsTheChapterWhenTheNextStepNeedsWhatFailed() {
        assertThatThrownBy(() -> facts.need("the shop answers", () -> {
                    throw new CompletionException(new UnexpectedException("it does not"));
                }))
                .isInstanceOf(Facts.ChapterOver.class);

        assertThat(facts.allTrue()).isFalse();
        assertThat(shown()).contains("it does not");
    }

    private String shown() {
        return shown.toString(StandardCharsets.UTF_8);
    }
}
