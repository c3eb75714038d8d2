package shop.messaging.subscription;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

import java.time.Duration;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import shop.messaging.inbox.Inbox;

class SubscriptionTest {
    private final Subscription subscription = Subscription.queue("parcel.events")
            .on("parcel.sent", Sent.class, parcel -> {})
            .once(mock(Inbox.class))
            .pauseWhileUnavailable()
            .retryAfter(Duration.ofSeconds(7))
            .delayedBy(Duration.ofSeconds(8), "parcel.waiting")
            .prefetch(9)
            .consumers(10);

    static Stream<Arguments> whatElseIsSaid() {
        return Stream.of(
                said("routes", any -> any.on("parcel.lost", Sent.class, parcel -> {})),
                said("once", any -> any.once(mock(Inbox.class))),
                said("pauses", any -> any.pauseWhileUnavailable()),
                said("retryDelays", any -> any.retryAfter(Duration.ofSeconds(1))),
                said("delay", any -> any.delayedBy(Duration.ofSeconds(1), "parcel.shelf")),
                said("prefetch", any -> any.prefetch(1)),
                said("consumers", any -> any.consumers(1)));
    }

    private static Arguments said(String of, UnaryOperator<Subscription> what) {
        return Arguments.of(of, what);
    }

    /** In whatever order it is declared: that it is handled once and when, above all. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("whatElseIsSaid")
    void keepsAllThatWasSaidBefore(String of, UnaryOperator<Subscription> what) {
        assertThat(subscription).hasNoNullFieldsOrProperties();
        assertThat(what.apply(subscription))
                .usingRecursiveComparison()
                .ignoringFields(of)
                .isEqualTo(subscription);
    }

    record Sent(String id) {}
}
