package shop.messaging.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.observation.ObservationRegistry;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import shop.messaging.MessageJson;
import shop.messaging.publishing.Traces;
import shop.playground.servers.Kind;
import shop.playground.servers.WithServers;

/** What was sent costs the relay nothing, counted in the table's and its indexes' blocks of 8 KiB that are touched. */
@WithServers(
        value = {Kind.RABBITMQ, Kind.POSTGRES},
        database = "outbox")
class OutboxCostIT {
    private static final int SENT = 1_000_000;
    private static final long FEW_BLOCKS = 100;

    private final ConfigurableApplicationContext service = new SpringApplicationBuilder(OutboxIT.NotebookService.class)
            .web(WebApplicationType.NONE)
            .run();
    private final SingleConnectionDataSource connection = new SingleConnectionDataSource(
            System.getProperty("spring.datasource.url"),
            System.getProperty("spring.datasource.username"),
            System.getProperty("spring.datasource.password"),
            true);
    private final JdbcTemplate jdbc = new JdbcTemplate(connection);
    private final TransactionTemplate transactions = new TransactionTemplate(new JdbcTransactionManager(connection));
    private final OutboxTable outbox =
            new OutboxTable(jdbc, new MessageJson(), new Traces(ObservationRegistry.NOOP), () -> {});

    @BeforeEach
    void stopTheRelay() {
        Relay relay = service.getBean(Relay.class);
        await().untilAsserted(() -> assertThat(relay.isRunning()).isTrue());
        relay.stop();
        jdbc.execute("truncate outbox");
        jdbc.execute("alter table outbox set (autovacuum_enabled = false)"); // this test says when
    }

    @AfterEach
    void leaveAnEmptyOutbox() {
        jdbc.execute("truncate outbox");
        jdbc.execute("alter table outbox reset (autovacuum_enabled)");
        connection.destroy();
        service.close();
    }

    @Test
    void aMillionSentMessagesCostNothing() {
        insert("sent", SENT, "now()");
        jdbc.execute("vacuum analyze outbox");
        insert("new", 100, "null");
        assertThatEachQueryTouchesFewBlocks();
    }

    @Test
    void statisticsFromARushMisleadNobody() {
        insert("sent", 200_000, "null");
        jdbc.execute("analyze outbox"); // it looks as if everything always waited
        jdbc.execute("update outbox set published_at = now()");
        jdbc.execute("vacuum outbox"); // which leaves the statistics as they are
        insert("new", 100, "null");
        assertThatEachQueryTouchesFewBlocks();
    }

    @Test
    void largeMessagesAreReadAFewAtATime() {
        jdbc.update("""
                insert into outbox (event_id, shard, aggregate, routing_key, occurred_at, body)
                select gen_random_uuid(), 0, 'large', 'note.taken', now(), convert_to(repeat('x', 1000000), 'UTF8')
                from generate_series(1, 40) n""");
        List<OutboxTable.Row> rows = outbox.unpublished(0, 1000);
        assertThat(rows).extracting(OutboxTable.Row::id).isSorted();
        assertThat(rows).hasSize(OutboxTable.MAX_BYTES / 1_000_000 + 1);
    }

    private void assertThatEachQueryTouchesFewBlocks() {
        assertThatFewBlocksAreTouched(
                "due shards", table -> assertThat(table.dueShards()).hasSize(OutboxTable.SHARDS));
        assertThatFewBlocksAreTouched(
                "backlog", table -> assertThat(table.backlog().pending()).isEqualTo(100));
        assertThatFewBlocksAreTouched(
                "unpublished", table -> assertThat(table.unpublished(0, 1000)).isNotEmpty());
        List<OutboxTable.Row> rows = outbox.unpublished(0, 1000);
        assertThatFewBlocksAreTouched(
                "nothing to delete",
                table -> assertThat(table.deleteSent(Duration.ofHours(1), 1000)).isZero());
        assertThatFewBlocksAreTouched(
                "mark, per row",
                table -> transactions.executeWithoutResult(status -> table.markPublished(rows)),
                rows.size());
    }

    private void assertThatFewBlocksAreTouched(String what, Consumer<OutboxTable> query) {
        assertThatFewBlocksAreTouched(what, query, 1);
    }

    private void assertThatFewBlocksAreTouched(String what, Consumer<OutboxTable> query, int times) {
        long before = blocks();
        query.accept(outbox);
        assertThat((blocks() - before) / times).as("blocks for: " + what).isLessThan(FEW_BLOCKS);
    }

    private long blocks() {
        jdbc.execute("select pg_stat_force_next_flush()");
        return jdbc.queryForObject("""
                select heap_blks_read + heap_blks_hit + idx_blks_read + idx_blks_hit
                from pg_statio_user_tables where relname = 'outbox'""", Long.class);
    }

    private void insert(String kind, int rows, String publishedAt) {
        jdbc.update("""
                insert into outbox (event_id, shard, aggregate, routing_key, occurred_at, body, published_at)
                select gen_random_uuid(), n %% %d, '%s-' || n %% 10000, 'note.taken', now(), '{}', %s
                from generate_series(1, %d) n""".formatted(OutboxTable.SHARDS, kind, publishedAt, rows));
    }
}
