package shop.order.payment;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;
import shop.events.Money;

/**
 * The acquirer's HTTP API. Each request carries an Idempotency-Key, so that however often it is sent, the card is charged, or
 * the money given back, once.
 */
@Component
class Acquirer {
    private final RestClient http;

    Acquirer(RestClient.Builder http, AcquirerProperties properties) {
        this.http = http.baseUrl(properties.url()).build();
    }

    private record ChargeRequest(long amount, String currency, Card card, String reference) {
        @Override
        public String toString() {
            return "ChargeRequest[reference=" + reference + "]";
        }
    }

    @JsonIgnoreProperties(ignoreUnknown = true)
    private record ChargeResponse(
            @Nullable String id,
            @Nullable String status,
            @Nullable String reason) {}

    /**
     * Charges a card.
     *
     * @param attempt the same for every repetition of this charge
     * @throws AcquirerAwayException when there is no answer, or none that says whether the card was charged
     */
    Answer charge(UUID attempt, Money amount, Card card) {
        var request = new ChargeRequest(amount.amount(), amount.currency(), card, attempt.toString());
        try {
            return Objects.requireNonNull(http.post()
                    .uri("/charges")
                    .header("Idempotency-Key", attempt.toString())
                    .body(request)
                    .exchange((sent, response) -> answer(response.getStatusCode(), response)));
        } catch (RestClientException e) {
            throw new AcquirerAwayException(e);
        }
    }

    private static Answer answer(
            HttpStatusCode status, RestClient.RequestHeadersSpec.ConvertibleClientHttpResponse response) {
        ChargeResponse said =
                status.isSameCodeAs(HttpStatus.CREATED) || status.isSameCodeAs(HttpStatus.PAYMENT_REQUIRED)
                        ? response.bodyTo(ChargeResponse.class)
                        : null;
        if (said != null && status.isSameCodeAs(HttpStatus.CREATED) && said.id() != null) {
            return new Answer.Approved(said.id());
        }
        if (said != null && "declined".equals(said.status())) {
            return new Answer.Declined(said.reason() == null ? "unknown" : said.reason());
        }
        throw new AcquirerAwayException("The acquirer answered " + status.value());
    }

    /**
     * Gives a charge back.
     *
     * @throws AcquirerAwayException when it was not confirmed
     */
    void refund(UUID attempt, String charge) {
        try {
            HttpStatusCode status = http.post()
                    .uri("/charges/{charge}/refunds", charge)
                    .header("Idempotency-Key", attempt + "-refund")
                    .exchange((sent, response) -> response.getStatusCode());
            if (status == null || !status.is2xxSuccessful()) {
                throw new AcquirerAwayException("The acquirer answered " + status);
            }
        } catch (RestClientException e) {
            throw new AcquirerAwayException(e);
        }
    }
}
