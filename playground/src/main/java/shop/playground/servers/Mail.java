package shop.playground.servers;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A mail that has arrived, in the shape of MailDev's REST API.
 *
 * @param id the place in which it arrived
 * @param date when it was sent
 * @param headers by lowercase name
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Mail(
        String id,
        Instant date,
        @Nullable String subject,
        List<Address> from,
        List<Address> to,
        @Nullable String text,
        @Nullable String html,
        Map<String, String> headers) {

    public Mail {
        from = List.copyOf(from);
        to = List.copyOf(to);
        headers = Map.copyOf(headers);
    }

    /**
     * Somebody's mail address.
     *
     * @param name empty where the mail has none
     */
    public record Address(String address, String name) {}
}
