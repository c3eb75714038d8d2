package shop.playground.servers;

import jakarta.mail.Address;
import jakarta.mail.Header;
import jakarta.mail.Message.RecipientType;
import jakarta.mail.MessagingException;
import jakarta.mail.Multipart;
import jakarta.mail.Part;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeUtility;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Takes a mail apart: encoded words, and text in any character set and however deep in parts. */
final class MailReader {

    private MailReader() {}

    static Mail read(String id, MimeMessage message) {
        try {
            return new Mail(
                    id,
                    date(message),
                    message.getSubject(),
                    addresses(message.getFrom()),
                    addresses(message.getRecipients(RecipientType.TO)),
                    body(message, "text/plain"),
                    body(message, "text/html"),
                    headers(message));
        } catch (MessagingException e) {
            throw new IllegalArgumentException("This mail cannot be read", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Instant date(MimeMessage message) throws MessagingException {
        Date sent = message.getSentDate();
        return sent == null ? Instant.now() : sent.toInstant();
    }

    private static List<Mail.Address> addresses(Address @Nullable [] addresses) {
        List<Mail.Address> all = new ArrayList<>();
        for (Address address : addresses == null ? new Address[0] : addresses) {
            if (address instanceof InternetAddress internet) {
                String name = internet.getPersonal();
                all.add(new Mail.Address(internet.getAddress(), name == null ? "" : name));
            }
        }
        return all;
    }

    /** The first part of this type that is no attachment. */
    private static @Nullable String body(Part part, String type) throws MessagingException, IOException {
        if (part.isMimeType("multipart/*") && part.getContent() instanceof Multipart parts) {
            for (int i = 0; i < parts.getCount(); i++) {
                String found = body(parts.getBodyPart(i), type);
                if (found != null) {
                    return found;
                }
            }
            return null;
        }
        boolean wanted = part.isMimeType(type) && !Part.ATTACHMENT.equalsIgnoreCase(part.getDisposition());
        return wanted && part.getContent() instanceof String text ? text : null;
    }

    private static Map<String, String> headers(MimeMessage message) throws MessagingException, IOException {
        Map<String, String> headers = new TreeMap<>();
        for (Header header : Collections.list(message.getAllHeaders())) {
            String value = MimeUtility.decodeText(MimeUtility.unfold(header.getValue()));
            headers.put(header.getName().toLowerCase(Locale.ROOT), value);
        }
        return headers;
    }
}
