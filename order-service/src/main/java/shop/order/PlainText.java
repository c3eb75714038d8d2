package shop.order;

import jakarta.validation.Constraint;
import jakarta.validation.Payload;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * One line of text for people, up to 200 characters. Control characters stay out: they would break a mail's headers,
 * and PostgreSQL does not store NUL.
 */
@NotBlank
@Size(max = 200)
@Pattern(regexp = PlainText.PATTERN, message = "must not contain control characters")
@Constraint(validatedBy = {})
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.FIELD, ElementType.PARAMETER, ElementType.METHOD, ElementType.RECORD_COMPONENT})
public @interface PlainText {
    /** Anything but control characters. */
    String PATTERN = "[^\\p{Cc}\\p{Cs}]*";

    String message() default "";

    Class<?>[] groups() default {};

    Class<? extends Payload>[] payload() default {};
}
