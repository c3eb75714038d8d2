package shop.messaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class MessagingPropertiesTest {

    @Test
    void aClaimLastsTwoMinutesAndWhatIsDoneIsKnownForNinetyDays() {
        MessagingProperties defaults = bind(Map.of());
        assertThat(defaults.claims().lease()).isEqualTo(Duration.ofMinutes(2));
        assertThat(defaults.remember()).isEqualTo(Duration.ofDays(90));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0s", "-1s", "5m", "1h"})
    void refusesALeaseThatIsNoneOrTooLong(String lease) {
        assertThatException()
                .isThrownBy(() -> bind(Map.of("messaging.claims.lease", lease)))
                .havingRootCause()
                .withMessageContaining("messaging.claims.lease has to be");
    }

    @Test
    void refusesToForgetWhatMayStillBeAtWork() {
        assertThatException()
                .isThrownBy(() -> bind(Map.of("messaging.remember", "2m")))
                .havingRootCause()
                .withMessageContaining("messaging.remember has to be longer");
    }

    private static MessagingProperties bind(Map<String, String> properties) {
        return new Binder(new MapConfigurationPropertySource(properties))
                .bindOrCreate("messaging", MessagingProperties.class);
    }
}
