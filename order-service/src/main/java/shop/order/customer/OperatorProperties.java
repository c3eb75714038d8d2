package shop.order.customer;

import jakarta.validation.constraints.AssertTrue;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.validation.annotation.Validated;

/**
 * The one who runs the shop.
 *
 * @param password without it, there is no operator; at most 72 bytes in UTF-8, as bcrypt reads no further
 */
@Validated
@ConfigurationProperties("shop.operator")
record OperatorProperties(@Nullable String password) {
    static final String EMAIL = "operator@shop.example";

    /** Not a constraint of the password itself: a start that fails prints the value that it found wrong. */
    @AssertTrue(message = "The operator's password has more than 72 bytes: give a shorter one.")
    boolean isPasswordShortEnough() {
        return password == null || password.getBytes(StandardCharsets.UTF_8).length <= 72;
    }

    @Override
    public String toString() {
        return "OperatorProperties[password hidden]";
    }
}
