package shop.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class MoneyTest {

    @Test
    void multipliesAndAddsExactly() {
        assertThat(new Money(333, "EUR").times(3).plus(new Money(1, "EUR"))).isEqualTo(new Money(1000, "EUR"));
    }

    @Test
    void refusesToAddCurrencies() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Money(1, "EUR").plus(new Money(1, "CNY")));
    }

    @Test
    void overflowsLoudly() {
        assertThatThrownBy(() -> new Money(Long.MAX_VALUE, "EUR").times(2)).isInstanceOf(ArithmeticException.class);
    }
}
