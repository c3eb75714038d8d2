package shop.email;

import java.time.Duration;
import org.springframework.boot.mail.autoconfigure.MailProperties;

/** How long a mail server that hangs can hold up one mail: its answers are waited for one by one. */
final class SmtpPatience {
    /** To the greeting, EHLO, STARTTLS, two rounds of TLS, EHLO, AUTH (3), MAIL, RCPT, DATA, the mail and QUIT. */
    private static final int ANSWERS = 14;

    private SmtpPatience() {}

    /**
     * With every answer as late as the timeouts allow.
     *
     * @throws IllegalArgumentException when there is no timeout for something
     */
    static Duration longest(MailProperties mail) {
        return timeout(mail, "connectiontimeout")
                .plus(timeout(mail, "timeout").multipliedBy(ANSWERS))
                .plus(timeout(mail, "writetimeout"));
    }

    private static Duration timeout(MailProperties mail, String name) {
        String key = "mail.%s.%s".formatted(mail.getProtocol(), name);
        String milliseconds = mail.getProperties().get(key);
        if (milliseconds == null || Long.parseLong(milliseconds) <= 0) {
            throw new IllegalArgumentException(
                    "A mail server that hangs would hold a mail for ever: set spring.mail.properties." + key
                            + " in milliseconds");
        }
        return Duration.ofMillis(Long.parseLong(milliseconds));
    }
}
