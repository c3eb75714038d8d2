package shop.order.ordering;

import java.security.MessageDigest;
import java.util.UUID;
import org.springframework.http.HttpStatus;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import shop.web.ProblemException;

/** What was ordered under which Idempotency-Key. */
@Repository
class OrderRequests {
    private final JdbcClient database;

    OrderRequests(JdbcClient database) {
        this.database = database;
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared as a whole
    private record Earlier(byte[] bodyHash, UUID orderId) {}

    /**
     * Takes a key for an order, in the current transaction. Whoever comes with the same key meanwhile waits for its
     * end: then the key is theirs, if it was rolled back.
     *
     * @return the order, or the one for which the key was taken before
     * @throws ProblemException when that one was asked for with another body
     */
    UUID claim(UUID customer, String key, byte[] bodyHash, UUID order) {
        boolean first = database.sql("""
                insert into order_requests (customer, key, body_hash, order_id) values (?, ?, ?, ?)
                on conflict do nothing""").params(customer, key, bodyHash, order).update() == 1;
        if (first) {
            return order;
        }
        Earlier earlier = database.sql("select body_hash, order_id from order_requests where customer = ? and key = ?")
                .params(customer, key)
                .query(Earlier.class)
                .single();
        if (!MessageDigest.isEqual(earlier.bodyHash(), bodyHash)) {
            throw new ProblemException(
                    HttpStatus.UNPROCESSABLE_CONTENT,
                    "idempotency-key-reused",
                    "This Idempotency-Key came with another order before; take a new one.");
        }
        return earlier.orderId();
    }
}
