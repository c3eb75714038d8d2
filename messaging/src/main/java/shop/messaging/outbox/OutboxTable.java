package shop.messaging.outbox;

import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import shop.messaging.MessageJson;
import shop.messaging.publishing.Traces;
import tools.jackson.core.JacksonException;

/**
 * The outbox as a table. Its rows are spread over shards by their aggregate; who relays a shard holds the lock on the
 * shard's own row, so each shard is published by one relay at a time however many instances run.
 */
final class OutboxTable implements Outbox {
    static final int SHARDS = 8; // as many rows as the migration puts into outbox_shard

    /** Beyond it nobody counts: what waits is many, and counting it would cost more than relaying it. */
    static final int MAX_COUNT = 100_000;

    /** Of bodies that are read at once, give or take one: a thousand large ones would not fit into a small heap. */
    static final int MAX_BYTES = 16 * 1024 * 1024;

    private static final int MAX_SHORT_STRING = 255; // bytes, in AMQP 0-9-1

    /** The predicate of the relay's partial indexes: what was sent long ago costs it nothing. */
    private static final String UNPUBLISHED = "published_at is null and parked_at is null";

    private final JdbcTemplate jdbc;
    private final MessageJson json;
    private final Traces traces;
    private final Runnable afterCommit;

    OutboxTable(JdbcTemplate jdbc, MessageJson json, Traces traces, Runnable afterCommit) {
        this.jdbc = jdbc;
        this.json = json;
        this.traces = traces;
        this.afterCommit = afterCommit;
    }

    @Override
    public void append(Collection<OutboxMessage> messages) {
        if (!TransactionSynchronizationManager.isActualTransactionActive()) {
            throw new IllegalStateException("A message is stored with the change it tells of: open a transaction");
        }
        if (messages.isEmpty()) {
            return;
        }
        traces.observe("outbox.append", "RabbitMQ", headers -> insert(messages, headers));
        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
            @Override
            public void afterCommit() {
                afterCommit.run();
            }
        });
    }

    private int[] insert(Collection<OutboxMessage> messages, Map<String, String> trace) {
        String current = written(trace);
        List<Object[]> rows = messages.stream()
                .map(message -> row(message, message.headers().isEmpty() ? current : written(message.headers())))
                .toList();
        return jdbc.batchUpdate("""
                insert into outbox (event_id, shard, aggregate, routing_key, occurred_at, headers, body)
                values (?, ?, ?, ?, ?, ?::jsonb, ?)""", rows);
    }

    private @Nullable String written(Map<String, String> headers) {
        return headers.isEmpty() ? null : new String(json.write(headers), StandardCharsets.UTF_8);
    }

    @SuppressWarnings("NullAway") // a column may be null
    private Object[] row(OutboxMessage message, @Nullable String headers) {
        return new Object[] {
            message.id(),
            Math.floorMod(message.aggregate().hashCode(), SHARDS),
            shortString("An aggregate", message.aggregate()),
            shortString("A routing key", message.routingKey()),
            Timestamp.from(message.occurredAt()),
            headers,
            body(message)
        };
    }

    private static String shortString(String what, String text) {
        if (text.getBytes(StandardCharsets.UTF_8).length > MAX_SHORT_STRING || text.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("%s has at most %d bytes, and none of them is 0: %s"
                    .formatted(what, MAX_SHORT_STRING, text.replace('\0', '?')));
        }
        return text;
    }

    private byte[] body(OutboxMessage message) {
        byte[] body;
        try {
            body = json.write(message.body());
        } catch (JacksonException e) {
            throw new IllegalArgumentException(
                    "The body of %s cannot be written as JSON".formatted(message.routingKey()), e);
        }
        if (body.length > OutboxMessage.MAX_BODY_BYTES) {
            throw new IllegalArgumentException("The body of %s has %,d bytes, more than a message may have"
                    .formatted(message.routingKey(), body.length));
        }
        return body;
    }

    /** The shards that have something to publish now. */
    List<Integer> dueShards() {
        return jdbc.queryForList("""
                select shard from outbox_shard s, lateral (
                    select from outbox
                    where outbox.shard = s.shard and %s and next_attempt_at <= now()
                    limit 1) due""".formatted(UNPUBLISHED), Integer.class);
    }

    /**
     * Takes a shard for the rest of the current transaction. A relay that freezes loses it, instead of holding it up for
     * ever: the database ends the transaction.
     *
     * @param lease how long the transaction may do nothing, at least a millisecond
     * @return false when another relay has it
     */
    boolean lock(int shard, Duration lease) {
        jdbc.execute("set local idle_in_transaction_session_timeout = " + lease.toMillis());
        return !jdbc.queryForList(
                        "select shard from outbox_shard where shard = ? for update skip locked", Integer.class, shard)
                .isEmpty();
    }

    /**
     * Renews the lease on the locked shard.
     *
     * @throws org.springframework.dao.DataAccessException when the shard was lost with the transaction
     */
    void renew() {
        jdbc.execute("select 1");
    }

    /**
     * What is to be published from a shard, oldest first, up to {@value #MAX_BYTES} bytes and one message; of an aggregate that waits to be tried
     * again, nothing.
     */
    List<Row> unpublished(int shard, int limit) {
        List<String> waiting = jdbc.queryForList(
                "select aggregate from outbox where shard = ? and attempts > 0 and next_attempt_at > now() and "
                        + UNPUBLISHED,
                String.class,
                shard);
        return jdbc.query(
                """
                select id, event_id, aggregate, routing_key, occurred_at, headers, body, attempts
                from (
                    select *, sum(octet_length(body)) over (order by id rows unbounded preceding) as bytes
                    from (
                        select * from outbox
                        where shard = ? and %s and aggregate <> all (?)
                        order by id
                        limit ?) first) summed
                where bytes - octet_length(body) < ?
                order by id""".formatted(UNPUBLISHED),
                (found, number) -> row(found),
                shard,
                waiting.toArray(String[]::new),
                limit,
                MAX_BYTES);
    }

    private Row row(ResultSet found) throws SQLException {
        String headers = found.getString("headers");
        return new Row(
                found.getLong("id"),
                found.getObject("event_id", UUID.class),
                found.getString("aggregate"),
                found.getString("routing_key"),
                found.getTimestamp("occurred_at"),
                headers == null ? Map.of() : json.read(headers.getBytes(StandardCharsets.UTF_8), Map.class),
                found.getBytes("body"),
                found.getInt("attempts"));
    }

    void markPublished(Collection<Row> rows) {
        if (!rows.isEmpty()) {
            jdbc.update("update outbox set published_at = now() where id = any (?)", (Object)
                    rows.stream().map(Row::id).toArray(Long[]::new));
        }
    }

    /** Leaves messages for later, and with each what follows it in its aggregate. */
    void postpone(Collection<Row> rows, Function<Row, Duration> wait) {
        jdbc.batchUpdate(
                """
                update outbox set attempts = attempts + 1, next_attempt_at = clock_timestamp() + ? * interval '1 ms'
                where id = ?""",
                rows.stream()
                        .map(row -> new Object[] {wait.apply(row).toMillis(), row.id()})
                        .toList());
    }

    /** Takes a message that can never be published out of the way of those behind it. */
    void park(Row row, String failure) {
        jdbc.update("update outbox set parked_at = now(), failure = ? where id = ?", failure, row.id());
    }

    /** Deletes some of what was sent longer ago than that. */
    int deleteSent(Duration ago, int limit) {
        return jdbc.update("""
                delete from outbox where id in (
                    select id from outbox
                    where published_at < now() - ? * interval '1 ms'
                    order by published_at limit ? for update skip locked)""", ago.toMillis(), limit);
    }

    /**
     * How far the relay is behind. It reads the relay's own index: for each message that waits an entry, up to
     * {@value #MAX_COUNT}, some milliseconds per 10,000.
     */
    Backlog backlog() {
        return jdbc.queryForObject(
                """
                select
                    (select count(*) from outbox_shard s, lateral (
                        select from outbox where outbox.shard = s.shard and %1$s order by id limit ?) each) as pending,
                    (select min(occurred_at) from outbox_shard s, lateral (
                        select occurred_at from outbox where outbox.shard = s.shard and %1$s order by id limit 1) head) as oldest,
                    (select count(*) from outbox where parked_at is not null) as parked""".formatted(UNPUBLISHED),
                (found, number) -> {
                    Timestamp oldest = found.getTimestamp("oldest");
                    return new Backlog(
                            found.getLong("pending"),
                            oldest == null ? null : oldest.toInstant(),
                            found.getLong("parked"));
                },
                MAX_COUNT / SHARDS);
    }

    /** One message as it is stored. */
    @SuppressWarnings("ArrayRecordComponent") // rows are never compared
    record Row(
            long id,
            UUID messageId,
            String aggregate,
            String routingKey,
            Timestamp occurredAt,
            Map<?, ?> headers,
            byte[] body,
            int attempts) {}
}
