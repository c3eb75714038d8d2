package shop.order.customer;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.validation.Validation;
import jakarta.validation.Validator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PasswordLengthTest {
    private final Validator validator =
            Validation.buildDefaultValidatorFactory().getValidator();

    private record Holder(@PasswordLength String password) {}

    @ParameterizedTest
    @CsvSource({"a, 7, false", "a, 8, true", "a, 72, true", "a, 73, false", "ä, 4, true", "ä, 36, true", "ä, 37, false"
    })
    void countsBytesNotCharacters(String character, int times, boolean valid) {
        assertThat(validator.validate(new Holder(character.repeat(times))).isEmpty())
                .isEqualTo(valid);
    }
}
