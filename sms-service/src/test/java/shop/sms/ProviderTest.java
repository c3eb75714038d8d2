package shop.sms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.springframework.test.web.client.ExpectedCount.manyTimes;
import static org.springframework.test.web.client.match.MockRestRequestMatchers.anything;
import static org.springframework.test.web.client.response.MockRestResponseCreators.withRawStatus;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.test.web.client.MockRestServiceServer;
import org.springframework.web.client.RestClient;
import shop.messaging.Ids;

class ProviderTest {
    private static final String NUMBER = "+4915112345678";

    private final RestClient.Builder http = RestClient.builder();
    private final MockRestServiceServer server =
            MockRestServiceServer.bindTo(http).build();
    private final Provider provider =
            new Provider(http, new SmsProperties(URI.create("http://localhost"), "AC42", "secret", "+15005550006"));

    @ParameterizedTest
    @ValueSource(ints = {400, 404, 408, 429, 500, 503})
    void tellsNobodyTheNumberThatTheProviderRepeats(int status) {
        answer(status, "{\"message\": \"%s, or 4915112345678, is not reachable\"}".formatted(NUMBER));

        assertThatException()
                .isThrownBy(() -> provider.send(Ids.next(), NUMBER, "Hello"))
                .satisfies(failure -> assertThat(stackTrace(failure))
                        .contains(String.valueOf(status), "[number], or [number], is not reachable")
                        .doesNotContain("4915112345678"));
        assertThat(provider.health().getDetails().toString()).doesNotContain("4915112345678");
    }

    @Test
    void cutsALongAnswerWithoutLeavingHalfANumber() {
        answer(400, "x".repeat(275) + NUMBER);

        assertThatException()
                .isThrownBy(() -> provider.send(Ids.next(), NUMBER, "Hello"))
                .satisfies(failure ->
                        assertThat(failure.getMessage()).hasSizeLessThan(400).doesNotContain("49151"));
    }

    @Test
    void leavesAnAnswerAsItIsWhenThereIsNoNumber() {
        answer(400, "no number");

        assertThatException()
                .isThrownBy(() -> provider.send(Ids.next(), "", "Hello"))
                .withMessageContaining("no number");
    }

    private void answer(int status, String body) {
        server.expect(manyTimes(), anything()).andRespond(withRawStatus(status).body(body));
    }

    private static String stackTrace(Throwable failure) {
        StringWriter text = new StringWriter();
        failure.printStackTrace(new PrintWriter(text));
        return text.toString();
    }
}
