package shop.order.customer;

import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Email;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.UUID;
import shop.events.Address;
import shop.order.PlainText;

/** What somebody sends to open an account. */
record Registration(
        @PlainText @Schema(example = "Ada Lovelace") String name,

        @NotNull
        @Email
        @Size(max = 254)
        @Pattern(
                regexp = "[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+",
                message = "must be an e-mail address in ASCII")
        @Schema(example = "ada@example.com")
        String email,

        @NotNull
        @Pattern(regexp = "\\+[1-9][0-9]{6,14}", message = "must be in E.164 form, such as +4915112345678")
        @Schema(example = "+4915112345678")
        String phone,

        @NotNull @Pattern(regexp = "en|zh", message = "must be en or zh") @Schema(example = "en")
        String language,

        @NotNull @Valid PostalAddress address,

        @NotNull @PasswordLength @Schema(example = "correct horse battery")
        String password) {

    record PostalAddress(
            @PlainText @Schema(example = "1 Analytical Way") String street,

            @PlainText @Schema(example = "London") String city,

            @PlainText @Size(max = 20) @Schema(example = "N1 9GU")
            String postcode,

            @NotNull
            @Pattern(regexp = "[A-Z]{2}", message = "must be two capital letters (ISO 3166-1)")
            @Schema(example = "GB")
            String country) {}

    Customer customer(UUID id) {
        return new Customer(
                id,
                name,
                email,
                phone,
                language,
                new Address(address.street, address.city, address.postcode, address.country));
    }

    @Override
    public String toString() {
        return "Registration[password hidden]";
    }
}
