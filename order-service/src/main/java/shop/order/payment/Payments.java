package shop.order.payment;

import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import shop.order.ordering.OpenPayments;

/** The attempts to charge, as the database has them. */
@Repository
class Payments implements OpenPayments {
    private final JdbcClient database;

    Payments(JdbcClient database) {
        this.database = database;
    }

    /** A charge to be given back. */
    record RefundDue(UUID id, String charge) {}

    /** The attempt for an order whose answer is not known, if there is one. */
    Optional<UUID> pending(UUID order) {
        return database.sql("select id from payments where order_id = ? and state = 'PENDING'")
                .param(order)
                .query(UUID.class)
                .optional();
    }

    @Override
    public Set<UUID> pending(Collection<UUID> orders) {
        return new HashSet<>(database.sql("select order_id from payments where order_id = any(?) and state = 'PENDING'")
                .param(orders.toArray(UUID[]::new))
                .query(UUID.class)
                .list());
    }

    void begin(UUID id, UUID order) {
        database.sql("insert into payments (id, order_id, state) values (?, ?, 'PENDING')")
                .params(id, order)
                .update();
    }

    /** Notes that an attempt was declined. One that was approved stays so. */
    void declined(UUID id, String reason) {
        database.sql("""
                update payments set state = 'DECLINED', reason = ?, settled_at = now()
                where id = ? and state = 'PENDING'""").params(reason, id).update();
    }

    /** Notes that an attempt was approved, and that the order is paid by it. */
    void approved(UUID id, String charge) {
        charged(id, charge, "APPROVED", null);
    }

    /**
     * Notes that an attempt was approved in vain, unless it was settled before.
     *
     * @return whether this charge is to be given back from now on
     */
    boolean refundDue(UUID id, String charge) {
        return charged(id, charge, "REFUND_DUE", Duration.ZERO);
    }

    /** A yes overrules a no that came at the same time: what was charged is never forgotten. */
    private boolean charged(UUID id, String charge, String state, @Nullable Duration refundIn) {
        return database.sql("""
                update payments set state = :state, charge = :charge, settled_at = now(),
                                    next_refund_at = now() + cast(:wait as bigint) * interval '1 ms'
                where id = :id and state in ('PENDING', 'DECLINED')""")
                        .param("state", state)
                        .param("charge", charge)
                        .param("wait", refundIn == null ? null : refundIn.toMillis())
                        .param("id", id)
                        .update()
                == 1;
    }

    List<RefundDue> refundsDue(int limit) {
        return database.sql("""
                select id, charge from payments where state = 'REFUND_DUE' and next_refund_at <= now()
                order by next_refund_at limit ?""").param(limit).query(RefundDue.class).list();
    }

    void refunded(UUID id) {
        database.sql("update payments set state = 'REFUNDED', next_refund_at = null where id = ?")
                .param(id)
                .update();
    }

    void refundLater(UUID id, Duration wait) {
        database.sql("update payments set next_refund_at = now() + ? * interval '1 ms' where id = ?")
                .params(wait.toMillis(), id)
                .update();
    }
}
