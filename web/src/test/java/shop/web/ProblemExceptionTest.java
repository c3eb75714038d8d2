package shop.web;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.springframework.http.HttpStatus;

class ProblemExceptionTest {

    @Test
    void looksForNoStackTrace() {
        assertThat(new ProblemException(HttpStatus.GONE, "sold-out", "Nothing is left.").getStackTrace())
                .isEmpty();
    }
}
