package shop.messaging.outbox;

import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import shop.messaging.MessageJson;

/**
 * The outbox as a table. Its rows are spread over shards by their aggregate; who relays a shard holds the lock on the
 * shard's own row, so each shard is published by one relay at a time however many instances run.
 */
final class OutboxTable implements Outbox {
    static final int SHARDS = 8; // as many rows as the migration puts into outbox_shard

    private static final int MAX_KEY_BYTES = 255; // a short string in AMQP 0-9-1

    private final JdbcTemplate jdbc;
    private final MessageJson json;
    private final Runnable afterCommit;

    OutboxTable(JdbcTemplate jdbc, MessageJson json, Runnable afterCommit) {
        this.jdbc = jdbc;
        this.json = json;
        this.afterCommit = afterCommit;
    }

    @Override
    public void append(Collection<OutboxMessage> messages) {
        if (!TransactionSynchronizationManager.isActualTransactionActive()) {
            throw new IllegalStateException("A message is stored with the change it tells of: open a transaction");
        }
        List<Object[]> rows = messages.stream().map(this::row).toList();
        jdbc.batchUpdate("""
                insert into outbox (event_id, shard, aggregate, routing_key, occurred_at, body)
                values (?, ?, ?, ?, ?, ?)""", rows);
        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
            @Override
            public void afterCommit() {
                afterCommit.run();
            }
        });
    }

    private Object[] row(OutboxMessage message) {
        byte[] body = json.write(message.body());
        if (body.length > OutboxMessage.MAX_BODY_BYTES) {
            throw new IllegalArgumentException("The body of %s has %,d bytes, more than a message may have"
                    .formatted(message.routingKey(), body.length));
        }
        if (message.routingKey().getBytes(StandardCharsets.UTF_8).length > MAX_KEY_BYTES) {
            throw new IllegalArgumentException("A routing key has at most %d bytes".formatted(MAX_KEY_BYTES));
        }
        return new Object[] {
            message.id(),
            Math.floorMod(message.aggregate().hashCode(), SHARDS),
            message.aggregate(),
            message.routingKey(),
            Timestamp.from(message.occurredAt()),
            body
        };
    }

    /** The shards that have something to publish now. */
    List<Integer> dueShards() {
        return jdbc.queryForList(
                "select distinct shard from outbox where published_at is null and next_attempt_at <= now()",
                Integer.class);
    }

    /**
     * Takes a shard for the rest of the current transaction.
     *
     * @return false when another relay has it
     */
    boolean lock(int shard) {
        // A relay that freezes with the lock in its hands loses it, instead of holding up the shard for ever.
        jdbc.execute("set local idle_in_transaction_session_timeout = '10s'");
        return !jdbc.queryForList(
                        "select shard from outbox_shard where shard = ? for update skip locked", Integer.class, shard)
                .isEmpty();
    }

    /** What is to be published from a shard, oldest first; of an aggregate that waits to be tried again, nothing. */
    List<Row> unpublished(int shard, int limit) {
        return jdbc.query("""
                select id, event_id, aggregate, routing_key, occurred_at, body, attempts
                from outbox o
                where shard = ? and published_at is null
                  and not exists (
                    select from outbox waiting
                    where waiting.shard = o.shard and waiting.published_at is null
                      and waiting.aggregate = o.aggregate and waiting.next_attempt_at > now())
                order by id
                limit ?""", (found, number) -> Row.from(found), shard, limit);
    }

    void markPublished(List<Row> rows) {
        jdbc.batchUpdate(
                "update outbox set published_at = now() where id = ?",
                rows.stream().map(row -> new Object[] {row.id()}).toList());
    }

    /** Leaves a message for later, and with it what follows it in its aggregate. */
    void postpone(Row row, Duration wait) {
        jdbc.update(
                "update outbox set attempts = attempts + 1, next_attempt_at = now() + ? * interval '1 ms' where id = ?",
                wait.toMillis(),
                row.id());
    }

    /** Deletes some of what was sent longer ago than that. */
    int deleteSent(Duration ago, int limit) {
        return jdbc.update("""
                delete from outbox where id in (
                    select id from outbox
                    where published_at < now() - ? * interval '1 ms'
                    order by published_at limit ? for update skip locked)""", ago.toMillis(), limit);
    }

    /** One message as it is stored. */
    @SuppressWarnings("ArrayRecordComponent") // rows are never compared
    record Row(
            long id,
            UUID messageId,
            String aggregate,
            String routingKey,
            Timestamp occurredAt,
            byte[] body,
            int attempts) {
        /** Whether it has to wait for that one. */
        boolean follows(Row other) {
            return aggregate.equals(other.aggregate) && id > other.id;
        }

        private static Row from(ResultSet found) throws SQLException {
            return new Row(
                    found.getLong("id"),
                    found.getObject("event_id", UUID.class),
                    found.getString("aggregate"),
                    found.getString("routing_key"),
                    found.getTimestamp("occurred_at"),
                    found.getBytes("body"),
                    found.getInt("attempts"));
        }
    }
}
