package shop.email;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.mail.autoconfigure.MailProperties;

class SmtpPatienceTest {
    private final MailProperties server = new MailProperties();

    @Test
    void sumsUpWhatOneMailMayTake() {
        server.getProperties()
                .putAll(Map.of(
                        "mail.smtp.connectiontimeout", "1000",
                        "mail.smtp.timeout", "2000",
                        "mail.smtp.writetimeout", "500"));
        assertThat(SmtpPatience.longest(server)).isEqualTo(Duration.ofMillis(29_500));
    }

    @Test
    void noTimeoutIsNoLimit() {
        server.getProperties().putAll(Map.of("mail.smtp.connectiontimeout", "1000", "mail.smtp.timeout", "0"));
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> SmtpPatience.longest(server))
                .withMessageContaining("spring.mail.properties.mail.smtp.timeout");
    }

    @Test
    void theServiceDoesNotStartWhenAMailMayTakeLongerThanItsClaimLasts() {
        assertThatException()
                .isThrownBy(() -> new SpringApplicationBuilder(EmailService.class)
                        .run("--server.port=0", "--messaging.claims.lease=100s"))
                .havingRootCause()
                .withMessageContaining("email.events may take 110 s, but a claim lasts 100 s");
    }
}
