package shop.email;

import com.samskivert.mustache.Escapers;
import com.samskivert.mustache.Mustache;
import com.samskivert.mustache.Template;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.context.MessageSource;
import org.springframework.core.io.ClassPathResource;
import org.springframework.stereotype.Component;
import shop.events.Line;
import shop.events.Money;
import shop.events.Recipient;

/**
 * Writes letters in the recipient's language: the words are in the bundles {@code mails*.properties}, the form in two
 * templates that all languages share. The HTML one escapes whatever is put into it.
 */
@Component
final class Letters {
    private final MessageSource messages;
    private final Template text = template("mail.txt", Mustache.compiler().withEscaper(Escapers.NONE));
    private final Template html = template("mail.html", Mustache.compiler());

    Letters(MessageSource messages) {
        this.messages = messages;
    }

    /** Begins a letter in the recipient's language, or in English when there are no words for theirs. */
    Draft in(Recipient recipient) {
        Locale locale = Locale.forLanguageTag(recipient.language());
        return new Draft(recipient.name(), new Wording(messages, locale), List.of(), null);
    }

    private static Template template(String name, Mustache.Compiler compiler) {
        ClassPathResource resource = new ClassPathResource("mails/" + name + ".mustache");
        try (Reader reader = new InputStreamReader(resource.getInputStream(), StandardCharsets.UTF_8)) {
            return compiler.compile(reader);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A letter that is being written. */
    final class Draft {
        private final String name;
        private final Wording wording;
        private final List<Row> rows;
        private final @Nullable String total;

        private Draft(String name, Wording wording, List<Row> rows, @Nullable String total) {
            this.name = name;
            this.wording = wording;
            this.rows = rows;
            this.total = total;
        }

        /** Adds what was ordered. */
        Draft listing(List<Line> lines, Money total) {
            List<Row> rows = lines.stream()
                    .map(line -> new Row(
                            line.quantity(),
                            line.name(),
                            wording.money(line.price().times(line.quantity()))))
                    .toList();
            return new Draft(name, wording, rows, wording.text("total", total));
        }

        /** The words for a code, or the code itself when the language has none for it. */
        String words(String kind, String code) {
            return wording.textOr(kind + "." + code, code);
        }

        /** Completes the letter with the words for what happened. */
        Letter about(String topic, Object... arguments) {
            Page page = new Page(
                    wording.text("language"),
                    wording.text(topic + ".subject", arguments),
                    wording.text("greeting", name),
                    wording.text(topic + ".text", arguments),
                    rows,
                    total,
                    wording.text("farewell"));
            return new Letter(page.subject(), text.execute(page), html.execute(page));
        }
    }

    private record Row(int quantity, String name, String price) {}

    private record Page(
            String language,
            String subject,
            String greeting,
            String text,
            List<Row> rows,
            @Nullable String total,
            String farewell) {}
}
