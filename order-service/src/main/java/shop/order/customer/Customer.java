package shop.order.customer;

import java.util.UUID;
import shop.events.Address;
import shop.events.Recipient;

/** Somebody who can buy. */
public record Customer(UUID id, String name, String email, String phone, String language, Address address) {

    /** Whom to write to, as of now. */
    public Recipient recipient() {
        return new Recipient(name, email, phone, language);
    }
}
