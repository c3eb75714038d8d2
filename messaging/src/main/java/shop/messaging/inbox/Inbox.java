package shop.messaging.inbox;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Remembers in the database which messages were handled. The memory is written in the same transaction as the effect:
 * either both are there or neither is.
 */
public final class Inbox {
    private final JdbcTemplate jdbc;
    private final TransactionTemplate transactions;

    Inbox(JdbcTemplate jdbc, TransactionTemplate transactions) {
        this.jdbc = jdbc;
        this.transactions = transactions;
    }

    /**
     * Does the work in a transaction, unless it was done for this message before. A second delivery that comes while
     * the first is still at work waits for it.
     *
     * @param queue where the message was delivered: each subscription has its own effect
     * @return whether the work was done now
     */
    public boolean once(String queue, String messageId, Runnable work) {
        return Boolean.TRUE.equals(transactions.execute(status -> {
            boolean first = jdbc.update(
                            "insert into inbox (queue, message_id) values (?, ?) on conflict do nothing",
                            queue,
                            messageId)
                    == 1;
            if (first) {
                work.run();
            }
            return first;
        }));
    }
}
