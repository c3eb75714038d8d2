package shop.messaging.subscription;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;
import static org.mockito.Mockito.mock;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.amqp.rabbit.listener.RabbitListenerEndpointRegistry;
import shop.messaging.DeferredException;
import shop.messaging.MessagingProperties;
import shop.messaging.UnavailableException;

class BreakerTest {
    private final Breaker breaker = new Breaker(
            "owl.events",
            mock(RabbitListenerEndpointRegistry.class),
            new MessagingProperties.Breaker(2, 2, 50, Duration.ofMillis(300)));

    @BeforeEach
    void pauseUntilTheFirstTry() {
        fail(UnavailableException.class);
        fail(UnavailableException.class);
        assertThat(breaker.pauses()).isTrue();
        assertThatExceptionOfType(DeferredException.class).isThrownBy(() -> breaker.run(() -> true));
        await().until(() -> !breaker.pauses());
    }

    @AfterEach
    void close() {
        breaker.close();
    }

    @Test
    void goesOnWhenATrySucceeds() {
        breaker.run(() -> true);
        assertThat(breaker.described()).isEqualTo("runs");
    }

    @Test
    void learnsNothingFromWhatWasDoneBefore() {
        breaker.run(() -> false);
        breaker.run(() -> false);
        assertThat(breaker.described()).startsWith("tries again");
        fail(DeferredException.class);
        assertThat(breaker.pauses()).isTrue();
    }

    private void fail(Class<? extends Exception> expected) {
        assertThatExceptionOfType(expected)
                .isThrownBy(() -> breaker.run(() -> {
                    throw new UnavailableException("the owls are out", new IOException("hoot"));
                }));
    }
}
