package shop.order.sale;

import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.Valid;
import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.Future;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import shop.events.Money;

/** What an operator sends to set up a sale. */
record SaleRequest(
        @NotNull @Schema(example = "01890000-0000-7000-8000-000000000006")
        UUID product,

        @Min(1) @Max(1_000_000) @Schema(example = "100") int allotment,
        @NotNull @Valid Price price,
        @NotNull @Schema(example = "2026-06-01T18:00:00Z") Instant opens,

        @NotNull @Future @Schema(example = "2099-06-01T19:00:00Z")
        Instant closes) {
    private static final Instant END_OF_TIME =
            Instant.parse("9999-01-01T00:00:00Z"); // that database and Redis can keep

    record Price(
            @Min(1) @Max(1_000_000_000_000L) @Schema(example = "19900")
            long amount,

            @NotNull @Pattern(regexp = "[A-Z]{3}") @Schema(example = "EUR")
            String currency) {

        Money money() {
            return new Money(amount, currency);
        }
    }

    // An absent time is already told of by @NotNull.

    @Schema(hidden = true)
    @AssertTrue(message = "the sale must close after it opens")
    boolean isDuration() {
        return given(opens) == null || given(closes) == null || closes.isAfter(opens);
    }

    @Schema(hidden = true)
    @AssertTrue(message = "the sale's times must lie between 1970 and 9999")
    boolean isOfOurTime() {
        return within(opens) && within(closes);
    }

    private static boolean within(@Nullable Instant time) {
        return time == null || (!time.isBefore(Instant.EPOCH) && time.isBefore(END_OF_TIME));
    }

    /** Validation sees what the types rule out. */
    private static @Nullable Instant given(@Nullable Instant time) {
        return time;
    }
}
