package shop.order.payment;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.validation.Validation;
import jakarta.validation.Validator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CardTest {
    private final Validator validator =
            Validation.buildDefaultValidatorFactory().getValidator();

    @ParameterizedTest
    @ValueSource(strings = {"4242424242424242", "4000000000000002", "378282246310005", "6011111111111117"})
    void numbersWithTheRightCheckDigitAreTaken(String number) {
        assertThat(validator.validate(new Card(number, "01/99", "1234"))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "4242424242424241, 12/30, 123",
        "424242424243, 12/30, 123",
        "4242424242424242, 00/30, 123",
        "4242424242424242, 1/30, 123",
        "4242424242424242, 12/30, 12345",
        "٤٢٤٢٤٢٤٢٤٢٤٢٤٢٤٢, 12/30, 123"
    })
    void othersAreNot(String number, String expiry, String cvc) {
        assertThat(validator.validate(new Card(number, expiry, cvc))).isNotEmpty();
    }

    @Test
    void nobodyReadsItInALog() {
        Card card = new Card("4242424242424242", "12/30", "123");

        assertThat(card.toString() + new PaymentController.Payment(card)).doesNotContain("4242", "12/30", "123");
    }
}
