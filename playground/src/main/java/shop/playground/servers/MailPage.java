package shop.playground.servers;

import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The mails as a page for people, newest first. */
final class MailPage {

    private static final int SHOWN = 200;
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm:ss").withZone(ZoneId.systemDefault());

    private MailPage() {}

    static String of(List<Mail> mails) {
        StringBuilder list = new StringBuilder();
        for (int i = mails.size() - 1; i >= Math.max(0, mails.size() - SHOWN); i--) {
            list.append(entry(mails.get(i)));
        }
        String none = "<p class=\"none\">No mail yet. This page looks again every few seconds.</p>";
        return """
                <!doctype html>
                <html lang="en">
                <head>
                <meta charset="utf-8">
                <meta name="viewport" content="width=device-width, initial-scale=1">
                <meta http-equiv="refresh" content="5">
                <title>%1$d mails</title>
                <style>
                body { font: 16px/1.5 system-ui, sans-serif; max-width: 50rem; margin: 2rem auto; padding: 0 1rem; color: #222; background: #fff }
                article { border-top: 1px solid #ccc; padding: .75rem 0 }
                h1 { font-size: 1.4rem }
                h2 { font-size: 1rem; margin: 0 }
                p { margin: 0; color: #555 }
                pre { white-space: pre-wrap; overflow-wrap: anywhere; margin: .5rem 0 0; font: inherit }
                </style>
                </head>
                <body>
                <h1>Mails that the shop has sent (%1$d)</h1>
                %2$s</body>
                </html>
                """.formatted(mails.size(), mails.isEmpty() ? none + "\n" : list);
    }

    private static String entry(Mail mail) {
        return """
                <article>
                <h2>%s</h2>
                <p>to %s at <time datetime="%s">%s</time></p>
                <pre>%s</pre>
                </article>
                """.formatted(
                        escaped(mail.subject() == null ? "(no subject)" : mail.subject()),
                        escaped(mail.to().stream().map(MailPage::name).collect(Collectors.joining(", "))),
                        mail.date(),
                        TIME.format(mail.date()),
                        escaped(content(mail)));
    }

    private static String name(Mail.Address address) {
        return address.name().isEmpty() ? address.address() : address.name() + " <" + address.address() + ">";
    }

    private static @Nullable String content(Mail mail) {
        return mail.text() != null ? mail.text() : mail.html();
    }

    private static String escaped(@Nullable String text) {
        return text == null
                ? ""
                : text.replace("&", "&amp;")
                        .replace("<", "&lt;")
                        .replace(">", "&gt;")
                        .replace("\"", "&quot;")
                        .replace("'", "&#39;");
    }
}
