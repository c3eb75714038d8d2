package shop.messaging.inbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.test.annotation.DirtiesContext;
import shop.messaging.Deletions;
import shop.playground.servers.Kind;
import shop.playground.servers.WithServers;

@WithServers(
        value = {Kind.RABBITMQ, Kind.POSTGRES},
        database = "inbox")
@SpringBootTest(classes = InboxIT.AnyService.class)
@DirtiesContext
@ExtendWith(OutputCaptureExtension.class)
class InboxIT {
    private final String message = UUID.randomUUID().toString();

    @Autowired
    private Inbox inbox;

    @Autowired
    private InboxCleanup cleanup;

    @Autowired
    private JdbcTemplate jdbc;

    @BeforeEach
    void emptyEffects() {
        await().ignoreExceptions().until(() -> jdbc.queryForList("select 1 from inbox") != null);
        jdbc.execute("create table if not exists effect (message text)");
        jdbc.execute("truncate effect");
    }

    @Test
    void doesTheWorkOfAMessageOnceHoweverOftenAndFromHoweverManySidesItComes() {
        ExecutorService many = Executors.newFixedThreadPool(8);
        try {
            List<CompletableFuture<Boolean>> deliveries = Stream.generate(
                            () -> CompletableFuture.supplyAsync(() -> handle("a.events"), many))
                    .limit(40)
                    .toList();
            assertThat(deliveries.stream().map(CompletableFuture::join).filter(done -> done))
                    .hasSize(1);
        } finally {
            many.shutdown();
        }
        assertThat(effects()).isEqualTo(1);
    }

    @Test
    void eachSubscriptionHasItsOwnEffect() {
        assertThat(handle("a.events")).isTrue();
        assertThat(handle("b.events")).isTrue();
        assertThat(effects()).isEqualTo(2);
    }

    @Test
    void forgetsWorkThatFailedTogetherWithItsEffect() {
        assertThatThrownBy(() -> inbox.once("a.events", message, () -> {
                    effect();
                    throw new IllegalStateException("after the effect");
                }))
                .hasMessage("after the effect");
        assertThat(effects()).isZero();
        assertThat(handle("a.events")).isTrue();
        assertThat(effects()).isEqualTo(1);
    }

    @Test
    void forgetsInBatchesWhatWasHandledLongAgoAndNothingElse() {
        jdbc.update("""
                insert into inbox (queue, message_id, handled_at)
                select 'a.events', 'old ' || n, now() - interval '91 days' from generate_series(1, 2500) n""");
        jdbc.update("insert into inbox values ('a.events', 'kept ' || ?, now() - interval '89 days')", message);
        assertThat(handle("a.events")).isTrue();

        try (Deletions deletions = new Deletions(jdbc, "inbox")) {
            assertThat(cleanup.clean()).isEqualTo(2_500);
            assertThat(deletions.sizes()).containsExactly(1_000, 1_000, 500);
        }
        assertThat(handle("a.events")).isFalse();
        assertThat(remembered("kept " + message)).isEqualTo(1);
    }

    @Test
    void forgetsAgainAndAgainWithoutBeingAskedThoughTheDatabaseFailsInBetween(CapturedOutput log) {
        try (ConfigurableApplicationContext service = new SpringApplicationBuilder(TidyService.class).run()) {
            assertThat(service.isRunning()).isTrue();
            handledLongAgo("first");
            await().until(() -> remembered("first") == 0);
            jdbc.execute("alter table inbox rename to inbox_away");
            try {
                await().until(() -> log.getAll().contains("The inbox cannot be cleaned now"));
            } finally {
                jdbc.execute("alter table inbox_away rename to inbox");
            }
            handledLongAgo("second");
            await().until(() -> remembered("second") == 0);
        }
    }

    private void handledLongAgo(String id) {
        jdbc.update("insert into inbox values ('a.events', ?, now() - interval '91 days')", id);
    }

    private int remembered(String id) {
        return jdbc.queryForObject("select count(*) from inbox where message_id = ?", Integer.class, id);
    }

    private boolean handle(String queue) {
        return inbox.once(queue, message, this::effect);
    }

    private void effect() {
        jdbc.update("insert into effect values (?)", message);
    }

    private int effects() {
        return jdbc.queryForObject("select count(*) from effect", Integer.class);
    }

    @Configuration
    @EnableAutoConfiguration
    static class AnyService {}

    /** Has a clean-up of its own, that does not wait for an hour. */
    @Configuration
    @EnableAutoConfiguration
    static class TidyService {

        @Bean
        InboxCleanup promptCleanup(JdbcTemplate jdbc) {
            return new InboxCleanup(jdbc, Duration.ofDays(90), Duration.ofMillis(50));
        }
    }
}
