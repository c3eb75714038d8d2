package shop.order.payment;

import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import org.hibernate.validator.constraints.LuhnCheck;

/** A card, on its way from the buyer to the acquirer. It is neither stored nor logged. */
record Card(
        @NotNull
        @Pattern(regexp = "[0-9]{12,19}", message = "must have 12 to 19 digits")
        @LuhnCheck(ignoreNonDigitCharacters = false, message = "is not a card's number")
        @Schema(example = "4242424242424242")
        String number,

        @NotNull @Pattern(regexp = "(0[1-9]|1[0-2])/[0-9]{2}", message = "must be MM/YY") @Schema(example = "12/30")
        String expiry,

        @NotNull @Pattern(regexp = "[0-9]{3,4}", message = "must have 3 or 4 digits") @Schema(example = "123")
        String cvc) {

    @Override
    public String toString() {
        return "Card[hidden]";
    }
}
