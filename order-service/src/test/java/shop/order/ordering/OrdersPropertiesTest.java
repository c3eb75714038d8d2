package shop.order.ordering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OrdersPropertiesTest {

    @ParameterizedTest
    @ValueSource(strings = {"PT1S", "PT15M", "P24D"})
    void takesWholeSeconds(Duration window) {
        assertThat(new OrdersProperties(window).paymentWindow()).isEqualTo(window);
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT0S", "PT-1S", "PT1.5S", "PT0.999S", "P24DT1S"})
    void refusesWhatNoQueueCouldWaitFor(Duration window) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new OrdersProperties(window))
                .withMessage(
                        "shop.orders.payment-window has to be whole seconds, from 1 second to 24 days, not " + window);
    }
}
