package shop.sms;

import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;
import org.springframework.web.client.RestClientResponseException;
import shop.messaging.UnavailableException;
import shop.messaging.UnprocessableMessageException;

/**
 * The text provider, over Twilio's interface. A text that it did not take is tried again; one that it refuses for good
 * is parked. Its health tells how the last call went: there is nothing to ask it that costs nothing.
 *
 * @see <a href="https://www.twilio.com/docs/messaging/api/message-resource#create-a-message-resource">The interface</a>
 */
@Component
final class Provider implements HealthIndicator {
    private static final int REASON_LENGTH = 300;
    private static final String NUMBER = "[number]";

    private final RestClient http;
    private final SmsProperties account;
    private volatile @Nullable String lastFailure;

    Provider(RestClient.Builder http, SmsProperties account) {
        this.http = http.baseUrl(account.url())
                .defaultHeaders(headers -> headers.setBasicAuth(account.accountSid(), account.authToken()))
                .build();
        this.account = account;
    }

    /**
     * Sends one text.
     *
     * @param eventId what the text is about; a repetition carries the same idempotency key
     * @param to the recipient's number in E.164 form
     * @throws UnprocessableMessageException when the provider refuses the text for good
     * @throws UnavailableException when it did not take the text
     */
    void send(UUID eventId, String to, String text) {
        MultiValueMap<String, String> form = new LinkedMultiValueMap<>();
        form.add("To", to);
        form.add("From", account.from());
        form.add("Body", text);
        try {
            http.post()
                    .uri("/2010-04-01/Accounts/{sid}/Messages.json", account.accountSid())
                    .header("Idempotency-Key", eventId.toString())
                    .contentType(MediaType.APPLICATION_FORM_URLENCODED)
                    .body(form)
                    .retrieve()
                    .onStatus(HttpStatusCode::is3xxRedirection, (request, response) -> {
                        throw new RestClientException("The provider redirects, it did not take the text");
                    })
                    .toBodilessEntity();
            lastFailure = null;
        } catch (RestClientResponseException e) {
            if (canHeal(e)) {
                lastFailure = e.getStatusCode().toString();
                throw new UnavailableException("The provider did not take the text: " + reason(e, to));
            }
            lastFailure = null; // it works; it is this text that it does not like
            throw new UnprocessableMessageException("The provider refuses: " + reason(e, to));
        } catch (RestClientException e) {
            lastFailure = String.valueOf(e.getMessage());
            throw new UnavailableException(lastFailure, e);
        }
    }

    private static boolean canHeal(RestClientResponseException e) {
        return !e.getStatusCode().is4xxClientError()
                || e.getStatusCode().isSameCodeAs(HttpStatus.REQUEST_TIMEOUT)
                || e.getStatusCode().isSameCodeAs(HttpStatus.TOO_MANY_REQUESTS);
    }

    /**
     * What was answered, without the recipient's number, which nobody shall find in a log or a header. For the same
     * reason, the answer is no cause of what is thrown.
     */
    private static String reason(RestClientResponseException e, String to) {
        String number = to.replace("+", "").strip();
        String answer = e.getResponseBodyAsString();
        String masked =
                number.isEmpty() ? answer : answer.replace("+" + number, NUMBER).replace(number, NUMBER);
        String reason = e.getStatusCode() + " " + masked;
        return reason.length() <= REASON_LENGTH ? reason : reason.substring(0, REASON_LENGTH);
    }

    @Override
    public Health health() {
        String failure = lastFailure;
        return failure == null
                ? Health.up().build()
                : Health.down().withDetail("lastFailure", failure).build();
    }
}
