package shop.playground.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import shop.playground.console.Screen.Row;

class ScreenTest {

    private final ByteArrayOutputStream shown = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(shown, true, StandardCharsets.UTF_8);

    @Test
    void isPlainWhereThereIsNoTerminal() {
        Screen screen = new Screen(out, null, false);

        screen.title("A title");
        screen.open("nobody sees this one");
        screen.right("a fact");
        screen.wrong("a claim", "why");

        assertThat(shown()).isEqualTo("\nA title\n  ✔ a fact\n  ✘ a claim\n      why\n");
    }

    @Test
    void putsFiguresInOneColumn() {
        new Screen(out, null, false).table(List.of(new Row("left", "7", "units"), new Row("buyers", "2,000", "")));

        assertThat(shown()).isEqualTo("    left        7  units\n    buyers  2,000\n");
    }

    @Test
    void saysInAFileHowFarSomethingCame() {
        try (Progress progress = new Screen(out, null, false).progress("buyers register", 3)) {
            progress.step();
            progress.note("not for files");
            progress.step();
        }

        assertThat(shown()).startsWith("  buyers register …\n  buyers register: 2 of 3 in ");
        assertThat(shown()).doesNotContain("not for files");
    }

    @Test
    void paintsATerminal() {
        new Screen(out, out, true).right("a fact");

        assertThat(shown()).contains("\u001b[32m✔\u001b[0m a fact");
    }

    private String shown() {
        return shown.toString(StandardCharsets.UTF_8);
    }
}
