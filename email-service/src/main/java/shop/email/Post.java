package shop.email;

import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeBodyPart;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.io.UnsupportedEncodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.eclipse.angus.mail.smtp.SMTPAddressFailedException;
import org.eclipse.angus.mail.smtp.SMTPSendFailedException;
import org.jspecify.annotations.Nullable;
import org.springframework.mail.MailAuthenticationException;
import org.springframework.mail.MailSendException;
import org.springframework.mail.javamail.JavaMailSender;
import org.springframework.stereotype.Component;
import shop.events.Recipient;
import shop.messaging.UnavailableException;
import shop.messaging.UnprocessableMessageException;
import shop.messaging.publishing.Traces;

/**
 * Hands letters to the mail server. Returns when the server has taken the mail, and throws when it has not, so that
 * it is tried again; what the server refuses for good is parked. A server in trouble is told from a recipient in trouble.
 */
@Component
final class Post {
    private static final String UTF_8 = StandardCharsets.UTF_8.name();

    private final JavaMailSender sender;
    private final InternetAddress from;
    private final Traces traces;

    Post(JavaMailSender sender, EmailProperties properties, Traces traces) throws AddressException {
        this.sender = sender;
        this.traces = traces;
        this.from = new InternetAddress(properties.from(), true);
    }

    /**
     * Sends one letter.
     *
     * @param eventId what the letter is about; a repetition carries the same Message-ID, by which mail programs and
     *     servers know it
     * @throws UnprocessableMessageException when the address is none, or the server refuses the mail for good
     * @throws UnavailableException when the server cannot be reached, or takes no mail now
     * @throws MailSendException when it takes none for this recipient now
     */
    void send(UUID eventId, Recipient recipient, Letter letter) {
        MimeMessage message = message(eventId, recipient, letter);
        traces.observe(
                "mail.send",
                "mail server",
                trace -> { // the mail says which trace it belongs to, as a message does
                    trace.forEach((name, value) -> setHeader(message, name, value));
                    handOver(message, recipient); // whose failure is recorded, too
                    return message;
                });
    }

    private void handOver(MimeMessage message, Recipient recipient) {
        try {
            sender.send(message);
        } catch (MailSendException e) {
            String refusal = refusal(e);
            if (refusal != null) {
                throw new UnprocessableMessageException("The mail server refuses: " + masked(refusal, recipient));
            }
            String reason = masked(String.valueOf(e.getMessage()), recipient);
            throw aboutRecipient(e) ? new MailSendException(reason) : new UnavailableException(reason);
        } catch (MailAuthenticationException e) {
            throw new UnavailableException("The mail server does not know us", e);
        }
    }

    private static void setHeader(MimeMessage message, String name, String value) {
        try {
            message.setHeader(name, value);
        } catch (MessagingException e) {
            throw new IllegalStateException(e);
        }
    }

    private MimeMessage message(UUID eventId, Recipient recipient, Letter letter) {
        try {
            return compose(eventId, recipient, letter);
        } catch (AddressException e) {
            throw new UnprocessableMessageException(
                    "Not a mail address: " + masked(String.valueOf(e.getMessage()), recipient));
        } catch (MessagingException | UnsupportedEncodingException e) {
            throw new IllegalStateException(e);
        }
    }

    private MimeMessage compose(UUID eventId, Recipient recipient, Letter letter)
            throws MessagingException, UnsupportedEncodingException {
        MimeMessage message = sender.createMimeMessage();
        message.setFrom(from);
        message.setRecipient(Message.RecipientType.TO, address(recipient));
        message.setSubject(oneLine(letter.subject()), UTF_8);
        message.setHeader("Message-ID", "<%s@mq-shop.example>".formatted(eventId)); // the sender keeps one that is set
        message.setHeader("X-Event-Id", eventId.toString());
        message.setContent(new MimeMultipart("alternative", part(letter.text(), "plain"), part(letter.html(), "html")));
        return message;
    }

    private static InternetAddress address(Recipient recipient) throws AddressException, UnsupportedEncodingException {
        InternetAddress address = new InternetAddress(recipient.email(), oneLine(recipient.name()), UTF_8);
        address.validate();
        return address;
    }

    private static MimeBodyPart part(String text, String subtype) throws MessagingException {
        MimeBodyPart part = new MimeBodyPart();
        part.setText(text, UTF_8, subtype);
        return part;
    }

    /** A line break in what a customer typed would begin a header of its own. */
    private static String oneLine(String text) {
        return text.replaceAll("\\p{Cntrl}+", " ");
    }

    /**
     * A text without the recipient's address, which servers like to repeat and nobody shall find in a log or a header.
     * For the same reason, what has been masked is thrown without its cause.
     */
    private static String masked(String text, Recipient recipient) {
        String address = recipient.email().strip();
        return address.isEmpty()
                ? text
                : Pattern.compile(address, Pattern.LITERAL | Pattern.CASE_INSENSITIVE)
                        .matcher(text)
                        .replaceAll("[address]");
    }

    /** What the server answered, when it was a no for good (RFC 5321, 4.2.1: 5yz). */
    private static @Nullable String refusal(MailSendException failure) {
        return answers(failure)
                .filter(e -> code(e) >= 500 && code(e) < 600)
                .findFirst()
                .map(e -> oneLine(String.valueOf(e.getMessage())).strip())
                .orElse(null);
    }

    /** Whether the server took exception to the recipient, a full mailbox, say; with 421 it ends the service to all. */
    private static boolean aboutRecipient(MailSendException failure) {
        return answers(failure).anyMatch(e -> e instanceof SMTPAddressFailedException && code(e) != 421);
    }

    private static Stream<Exception> answers(MailSendException failure) {
        return Arrays.stream(failure.getMessageExceptions())
                .flatMap(tried -> Stream.<@Nullable Exception>iterate(tried, Objects::nonNull, Post::next));
    }

    private static int code(Exception e) {
        if (e instanceof SMTPAddressFailedException address) {
            return address.getReturnCode();
        }
        return e instanceof SMTPSendFailedException send ? send.getReturnCode() : 0;
    }

    private static @Nullable Exception next(Exception e) {
        return e instanceof MessagingException chained ? chained.getNextException() : null;
    }
}
