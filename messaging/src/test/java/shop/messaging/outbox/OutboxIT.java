package shop.messaging.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.GetResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.transaction.support.TransactionTemplate;
import shop.messaging.Deletions;
import shop.messaging.Ids;
import shop.playground.servers.Broker;
import shop.playground.servers.Kind;
import shop.playground.servers.RabbitMq;
import shop.playground.servers.WithServers;

@WithServers(
        value = {Kind.RABBITMQ, Kind.POSTGRES},
        database = "outbox")
@SpringBootTest
@DirtiesContext
class OutboxIT {
    private static final String RECORDER = "recorder";

    private final RabbitMq rabbit;
    private final Broker broker;

    @Autowired
    private Outbox outbox;

    @Autowired
    private TransactionTemplate transactions;

    @Autowired
    private JdbcTemplate jdbc;

    OutboxIT(RabbitMq rabbit) {
        this.rabbit = rabbit;
        this.broker = rabbit.broker();
    }

    record Note(int number) {}

    @BeforeEach
    void recordEverything() {
        broker.with(channel -> {
            channel.exchangeDeclare("shop.events", "topic", true);
            channel.queueDeclare(RECORDER, true, false, false, Map.of("x-queue-type", "classic"));
            return channel.queueBind(RECORDER, "shop.events", "#");
        });
        broker.purge(RECORDER);
        await().ignoreExceptions()
                .untilAsserted(() -> assertThat(jdbc.queryForObject("select count(*) from outbox_shard", Integer.class))
                        .isEqualTo(OutboxTable.SHARDS));
    }

    @Test
    void publishesAfterTheCommitWithTheMessagesProperties() {
        UUID id = Ids.next();
        Instant at = Instant.parse("2026-05-01T10:00:00Z");
        transactions.executeWithoutResult(status -> {
            outbox.append(new OutboxMessage(id, at, "note.taken", "notebook-1", new Note(1)));
            assertThat(broker.ready(RECORDER)).isZero();
        });
        GetResponse message = recorded(1).get(0);
        assertThat(message.getEnvelope().getRoutingKey()).isEqualTo("note.taken");
        assertThat(message.getBody()).isEqualTo("{\"number\":1}".getBytes(StandardCharsets.UTF_8));
        var properties = message.getProps();
        assertThat(properties.getMessageId()).isEqualTo(id.toString());
        assertThat(properties.getType()).isEqualTo("note.taken");
        assertThat(properties.getAppId()).isEqualTo("parcel-service");
        assertThat(properties.getTimestamp().toInstant()).isEqualTo(at);
        assertThat(properties.getContentType()).isEqualTo("application/json");
        assertThat(properties.getDeliveryMode()).isEqualTo(2);
        await().untilAsserted(() -> assertThat(unpublished()).isZero());
    }

    @Test
    void publishesNothingOfARolledBackTransaction() {
        transactions.executeWithoutResult(status -> {
            append("lost", 1);
            status.setRollbackOnly();
        });
        transactions.executeWithoutResult(status -> append("kept", 2));
        assertThat(recorded(1)).extracting(OutboxIT::text).containsExactly("{\"number\":2}");
        assertThat(broker.ready(RECORDER)).isZero();
    }

    @Test
    void keepsTheOrderOfEachAggregate() {
        int aggregates = 20;
        int each = 25;
        for (int number = 0; number < each; number++) {
            int next = number;
            transactions.executeWithoutResult(status ->
                    IntStream.range(0, aggregates).forEach(aggregate -> append("aggregate-" + aggregate, next)));
        }
        Map<String, List<String>> byAggregate = recorded(aggregates * each).stream()
                .collect(Collectors.groupingBy(
                        message -> message.getProps().getCorrelationId(),
                        Collectors.mapping(OutboxIT::text, Collectors.toList())));
        List<String> inOrder =
                IntStream.range(0, each).mapToObj("{\"number\":%d}"::formatted).toList();
        assertThat(byAggregate)
                .hasSize(aggregates)
                .allSatisfy((aggregate, texts) -> assertThat(texts).isEqualTo(inOrder));
    }

    @Test
    @ExtendWith(OutputCaptureExtension.class)
    void waitsForABrokerThatIsAway(CapturedOutput log) {
        rabbit.stop();
        try {
            transactions.executeWithoutResult(status -> append("patient", 1));
            transactions.executeWithoutResult(status -> append("patient", 2));
            await().untilAsserted(() -> assertThat(log).contains("The outbox cannot be relayed"));
        } finally {
            rabbit.start();
        }
        assertThat(recorded(2)).extracting(OutboxIT::text).containsExactly("{\"number\":1}", "{\"number\":2}");
    }

    @Test
    void triesAMessageAgainThatNoQueueWants() {
        broker.with(channel -> channel.queueUnbind(RECORDER, "shop.events", "#"));
        transactions.executeWithoutResult(status -> append("unwanted", 1));
        await().untilAsserted(() -> assertThat(jdbc.queryForObject("select max(attempts) from outbox", Integer.class))
                .isPositive());
        assertThat(unpublished()).isEqualTo(1);
        broker.with(channel -> channel.queueBind(RECORDER, "shop.events", "#"));
        assertThat(recorded(1)).hasSize(1);
    }

    @Test
    void refusesWhatCouldNeverBeSent() {
        assertThatIllegalStateException().isThrownBy(() -> append("no-transaction", 1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> transactions.executeWithoutResult(status -> outbox.append(new OutboxMessage(
                        Ids.next(), Instant.now(), "note.taken", "large", "x".repeat(OutboxMessage.MAX_BODY_BYTES)))));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> transactions.executeWithoutResult(status -> outbox.append(
                        new OutboxMessage(Ids.next(), Instant.now(), "k".repeat(256), "long-key", new Note(1)))));
        List<Object> endless = new ArrayList<>();
        endless.add(endless);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> transactions.executeWithoutResult(status -> append("a".repeat(256), 1)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> transactions.executeWithoutResult(status -> append("zero\0", 1)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> transactions.executeWithoutResult(status ->
                        outbox.append(new OutboxMessage(Ids.next(), Instant.now(), "note.taken", "no-json", endless))));
    }

    @Test
    void parksWhatCanNeverBePublishedAndGoesOnWithTheRest() {
        transactions.executeWithoutResult(status -> {
            append("spoilt", 1);
            jdbc.update("update outbox set routing_key = repeat('k', 300) where aggregate = 'spoilt'");
            append("spoilt", 2);
            append("sound", 3);
        });
        assertThat(recorded(2))
                .extracting(OutboxIT::text)
                .containsExactlyInAnyOrder("{\"number\":2}", "{\"number\":3}");
        await().untilAsserted(() -> assertThat(jdbc.queryForList(
                        "select failure from outbox where parked_at is not null and published_at is null",
                        String.class))
                .singleElement()
                .asString()
                .contains("routing key"));
        assertThat(unpublished()).isOne();
        jdbc.update("delete from outbox where parked_at is not null");
    }

    @Test
    void deletesWhatWasSentLongAgoAndNothingElse() {
        jdbc.update("""
                insert into outbox (event_id, shard, aggregate, routing_key, occurred_at, body, published_at)
                select gen_random_uuid(), 0, 'old', 'note.taken', now(), '{}', now() - n * interval '1 minute'
                from generate_series(1, 3000) n""");
        await().untilAsserted(() -> assertThat(jdbc.queryForObject(
                        "select max(now() - published_at) < interval '61 minutes' from outbox where aggregate = 'old'",
                        Boolean.class))
                .isTrue());
        assertThat(jdbc.queryForObject("select count(*) from outbox where aggregate = 'old'", Integer.class))
                .isBetween(58, 60);
        jdbc.update("delete from outbox where aggregate = 'old'");
    }

    @Test
    void deletesInBatchesWhatWasSentLongAgoAlsoUnderLoadAndNeverWhatWasNotSent() {
        int waiting = 40_000;
        int batch = 2_000;
        try (Deletions deletions = new Deletions(jdbc, "outbox")) {
            transactions.executeWithoutResult(status -> {
                insertOld("sent", 5_000, "published_at = now() - interval '2 hours'");
                insertOld("parked", 100, "parked_at = now() - interval '2 hours'");
                insertOld("postponed", 100, "attempts = 1, next_attempt_at = now() + interval '1 hour'");
                insertOld("waiting", waiting, "attempts = 0");
            });
            await().atMost(Duration.ofSeconds(60)).until(() -> {
                transactions.executeWithoutResult(status -> append("new", 1));
                return count("aggregate like 'sent%'") == 0;
            });
            assertThat(count("aggregate like 'waiting%' and published_at is null"))
                    .as("what still waits when all that was sent is deleted")
                    .isGreaterThan(waiting / 2);
            assertThat(deletions.sizes())
                    .allSatisfy(size -> assertThat(size).isLessThanOrEqualTo(batch))
                    .satisfies(sizes -> assertThat(
                                    sizes.stream().mapToInt(Integer::intValue).sum())
                            .isEqualTo(5_000));
            await().atMost(Duration.ofSeconds(60)).until(() -> unpublished() == 200);
            assertThat(count("aggregate like 'parked%'")).isEqualTo(100);
            assertThat(count("aggregate like 'postponed%'")).isEqualTo(100);
        } finally {
            jdbc.execute("truncate outbox");
        }
    }

    private void insertOld(String kind, int rows, String state) {
        jdbc.update("""
                insert into outbox (event_id, shard, aggregate, routing_key, occurred_at, body)
                select gen_random_uuid(), n %% %d, '%s-' || n %% 1000, 'note.taken', now() - interval '2 hours', '{}'
                from generate_series(1, %d) n""".formatted(OutboxTable.SHARDS, kind, rows));
        jdbc.update("update outbox set %s where aggregate like '%s-%%'".formatted(state, kind));
    }

    private int count(String what) {
        return jdbc.queryForObject("select count(*) from outbox where " + what, Integer.class);
    }

    private void append(String aggregate, int number) {
        outbox.append(new OutboxMessage(Ids.next(), Instant.now(), "note.taken", aggregate, new Note(number)));
    }

    private int unpublished() {
        return count("published_at is null");
    }

    /** As many messages as are expected, in the order in which they reached the exchange. */
    private List<GetResponse> recorded(int expected) {
        List<GetResponse> messages = new ArrayList<>();
        await().atMost(Duration.ofSeconds(30)).ignoreExceptions().untilAsserted(() -> {
            messages.addAll(broker.takeAll(RECORDER));
            assertThat(messages).hasSizeGreaterThanOrEqualTo(expected);
        });
        assertThat(messages).hasSize(expected);
        return messages;
    }

    private static String text(GetResponse message) {
        return new String(message.getBody(), StandardCharsets.UTF_8);
    }

    @Configuration
    @EnableAutoConfiguration
    static class NotebookService {}
}
