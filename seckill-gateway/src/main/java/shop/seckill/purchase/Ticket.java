package shop.seckill.purchase;

import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Instant;
import java.util.UUID;
import shop.messaging.Ids;
import shop.seckill.sale.SaleKeys;

/**
 * A buyer's claim on one unit of a sale, written {@code <sale>.<id>}: whoever has the ticket knows where in Redis it is
 * kept.
 */
record Ticket(UUID sale, UUID id) {
    private static final int UUID_LENGTH = 36;

    static Ticket next(UUID sale) {
        return new Ticket(sale, Ids.next());
    }

    /**
     * Reads a ticket.
     *
     * @throws IllegalArgumentException when it is none
     */
    public static Ticket of(String text) {
        if (text.length() != 2 * UUID_LENGTH + 1 || text.charAt(UUID_LENGTH) != '.') {
            throw new IllegalArgumentException("Not a ticket: " + text);
        }
        Ticket ticket = new Ticket(
                UUID.fromString(text.substring(0, UUID_LENGTH)), UUID.fromString(text.substring(UUID_LENGTH + 1)));
        if (!ticket.toString().equals(text)) {
            throw new IllegalArgumentException("Not a ticket: " + text);
        }
        return ticket;
    }

    /** When it was made, to the millisecond: its id begins with that time (UUIDv7). */
    Instant madeAt() {
        return Instant.ofEpochMilli(id.getMostSignificantBits() >>> Short.SIZE);
    }

    String key() {
        return SaleKeys.ticket(sale, id);
    }

    @JsonValue
    @Override
    public String toString() {
        return sale + "." + id;
    }
}
