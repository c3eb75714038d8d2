package shop.messaging.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.GetResponse;
import com.zaxxer.hikari.HikariDataSource;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.rabbit.connection.CachingConnectionFactory;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.amqp.rabbit.connection.CorrelationData;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import shop.messaging.Ids;
import shop.messaging.MessageJson;
import shop.messaging.MessagingProperties;
import shop.messaging.publishing.ConfirmedPublisher;
import shop.messaging.publishing.Traces;
import shop.playground.servers.Broker;
import shop.playground.servers.Kind;
import shop.playground.servers.WithServers;

/** Several instances of a service relay one outbox, whatever becomes of one of them. */
@WithServers(
        value = {Kind.RABBITMQ, Kind.POSTGRES},
        database = "outbox")
class RelaysIT {
    private static final String RECORDER = "relays-recorder";
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration LEASE = Duration.ofSeconds(1);

    private final Broker broker;
    private final ConfigurableApplicationContext here = instance();
    private final ConfigurableApplicationContext there = instance();
    private final JdbcTemplate jdbc = here.getBean(JdbcTemplate.class);
    private final TransactionTemplate transactions = transactions(here);

    RelaysIT(Broker broker) {
        this.broker = broker;
    }

    private static ConfigurableApplicationContext instance() {
        return new SpringApplicationBuilder(OutboxIT.NotebookService.class)
                .web(WebApplicationType.NONE)
                .run();
    }

    @BeforeEach
    void startWithAnEmptyOutbox() {
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(relays()).allMatch(Relay::isRunning));
        jdbc.execute("truncate outbox");
        jdbc.execute("create table if not exists notebook (name text primary key, notes int not null)");
        jdbc.execute("truncate notebook");
        broker.with(channel -> {
            channel.exchangeDeclare("shop.events", "topic", true);
            channel.queueDeclare(RECORDER, true, false, false, Map.of("x-queue-type", "classic"));
            return channel.queueBind(RECORDER, "shop.events", "#");
        });
    }

    @AfterEach
    void stopBoth() {
        here.close();
        there.close();
        broker.with(channel -> channel.queueDelete(RECORDER));
    }

    @Test
    void publishEachMessageOnceAndInOrderWhileNothingBreaks() throws Exception {
        long seed = new Random().nextLong();
        int written = takeNotes(seed);
        List<GetResponse> recorded = recordedWhenAllIsPublished();
        assertThat(recorded).as("seed %d", seed).hasSize(written);
        assertEachNotebookIsInOrder(seed, recorded);
        assertThat(Stream.of(here, there).map(RelaysIT::confirmed))
                .allSatisfy(count -> assertThat(count).isPositive());
    }

    @Test
    void loseNothingAndReorderNothingWhenTheirConnectionsBreak() throws Exception {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        ScheduledExecutorService vandal = Executors.newSingleThreadScheduledExecutor();
        var breaking = vandal.scheduleWithFixedDelay(() -> breakSomething(random), 50, 50, TimeUnit.MILLISECONDS);
        try {
            takeNotes(seed);
            assertThat(breaking.isDone()).as("whether nothing broke any more").isFalse();
        } finally {
            breaking.cancel(false);
            vandal.shutdown();
        }
        assertEachNotebookIsInOrder(seed, recordedWhenAllIsPublished());
    }

    @Test
    void oneThatFreezesHoldsNothingUpAndWhenItGoesOnReordersNothing() throws Exception {
        relays().forEach(Relay::stop);
        FreezingTemplate template = new FreezingTemplate(here.getBean(ConnectionFactory.class), "{\"number\":2}");
        try (HikariDataSource database = database()) {
            Relay frozen = relay(database, new ConfirmedPublisher(template, Duration.ofSeconds(5)));
            transactions.executeWithoutResult(status -> IntStream.of(1, 2, 3).forEach(this::append));
            frozen.start();
            assertThat(template.frozen.await(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();

            there.getBean(Relay.class).start();
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(unpublished()).isZero());
            transactions.executeWithoutResult(status -> append(4));
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(unpublished()).isZero());

            template.goOn.countDown();
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(broker.ready(RECORDER)).isEqualTo(6));
            frozen.stop();
        }
        // What it had in hand comes late, once; it begins nothing more, since its shard is lost.
        List<String> recorded =
                broker.takeAll(RECORDER).stream().map(RelaysIT::text).toList();
        assertThat(recorded).endsWith("{\"number\":4}", "{\"number\":2}");
        assertThat(new LinkedHashSet<>(recorded))
                .containsExactly("{\"number\":1}", "{\"number\":2}", "{\"number\":3}", "{\"number\":4}");
        assertThat(jdbc.queryForObject("select max(attempts) from outbox", Integer.class))
                .isZero();
    }

    @Test
    void oneThatIsFrozenHoldsNoStopUp() throws Exception {
        relays().forEach(Relay::stop);
        FreezingTemplate template = new FreezingTemplate(here.getBean(ConnectionFactory.class), "{\"number\":1}");
        try (HikariDataSource database = database()) {
            Relay frozen = relay(database, new ConfirmedPublisher(template, Duration.ofSeconds(5)));
            transactions.executeWithoutResult(status -> append(1));
            frozen.start();
            assertThat(template.frozen.await(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
            try {
                assertThat(CompletableFuture.runAsync(frozen::stop))
                        .succeedsWithin(Relay.STOP.plus(Duration.ofSeconds(5)));
            } finally {
                template.goOn.countDown();
            }
            frozen.stop();
        }
    }

    @Test
    void oneThatWaitsLongForAConfirmKeepsItsShard() {
        relays().forEach(Relay::stop);
        RabbitTemplate slow = new SlowTemplate(here.getBean(ConnectionFactory.class), LEASE.multipliedBy(3));
        try (HikariDataSource database = database()) {
            Relay waiting = relay(database, new ConfirmedPublisher(slow, LEASE.multipliedBy(10)));
            transactions.executeWithoutResult(status -> append(1));
            waiting.start();
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(unpublished()).isZero());
            waiting.stop();
        }
        assertThat(broker.takeAll(RECORDER)).hasSize(1);
    }

    @Test
    void oneGoesOnAfterAnError() {
        relays().forEach(Relay::stop);
        RabbitTemplate failing = new FailingOnceTemplate(here.getBean(ConnectionFactory.class));
        try (HikariDataSource database = database()) {
            Relay relay = relay(database, new ConfirmedPublisher(failing, Duration.ofSeconds(5)));
            transactions.executeWithoutResult(status -> append(1));
            relay.start();
            await().untilAsserted(() -> assertThat(unpublished()).isZero());
            relay.stop();
        }
    }

    @Test
    void oneCountsNothingThatIsRolledBackAndPublishedAgain() {
        relays().forEach(Relay::stop);
        MeterRegistry meters = new SimpleMeterRegistry();
        try (HikariDataSource database = database()) {
            Relay relay = relay(database, here.getBean(ConfirmedPublisher.class), meters);
            transactions.executeWithoutResult(status -> append(1));
            refuseCommits();
            try {
                relay.start();
                await().until(() -> broker.ready(RECORDER) >= 2); // the first round is over, and rolled back
                assertThat(confirmed(meters)).isZero();
            } finally {
                acceptCommits();
            }
            await().untilAsserted(() -> assertThat(unpublished()).isZero());
            relay.stop();
            assertThat(confirmed(meters)).isEqualTo(1);
        }
    }

    private void refuseCommits() {
        jdbc.execute("""
                create function refuse() returns trigger language plpgsql as $$ begin
                    raise 'no commit';
                end $$""");
        jdbc.execute("""
                create constraint trigger refuse after update on outbox deferrable initially deferred
                for each row execute function refuse()""");
    }

    private void acceptCommits() {
        jdbc.execute("drop function refuse cascade");
    }

    private static HikariDataSource database() {
        HikariDataSource database = new HikariDataSource();
        database.setJdbcUrl(System.getProperty("spring.datasource.url"));
        database.setUsername(System.getProperty("spring.datasource.username"));
        database.setPassword(System.getProperty("spring.datasource.password"));
        return database;
    }

    private Relay relay(HikariDataSource database, ConfirmedPublisher publisher) {
        return relay(database, publisher, new SimpleMeterRegistry());
    }

    private Relay relay(HikariDataSource database, ConfirmedPublisher publisher, MeterRegistry meters) {
        Traces noTraces = new Traces(ObservationRegistry.NOOP);
        OutboxTable table = new OutboxTable(new JdbcTemplate(database), new MessageJson(), noTraces, () -> {});
        return new Relay(
                table,
                new TransactionTemplate(new JdbcTransactionManager(database)),
                publisher,
                "shop.events",
                "frozen",
                new MessagingProperties.Outbox(
                        Duration.ofMillis(200),
                        100,
                        Duration.ofMillis(100),
                        Duration.ofMillis(500),
                        LEASE,
                        Duration.ofHours(1)),
                new OutboxMetrics(meters, table::backlog, Clock.systemUTC()),
                new Semaphore(0));
    }

    /** Stands for a process that is stopped in the middle: whatever it does next, it does much later. */
    private static final class FreezingTemplate extends RabbitTemplate {
        private final CountDownLatch frozen = new CountDownLatch(1);
        private final CountDownLatch goOn = new CountDownLatch(1);
        private final String body;

        private FreezingTemplate(ConnectionFactory connections, String body) {
            super(connections);
            setMandatory(true);
            this.body = body;
        }

        @Override
        public void send(
                @Nullable String exchange,
                @Nullable String routingKey,
                Message message,
                @Nullable CorrelationData correlation) {
            if (new String(message.getBody(), StandardCharsets.UTF_8).equals(body)) {
                frozen.countDown();
                try {
                    goOn.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }
            super.send(exchange, routingKey, message, correlation);
        }
    }

    private static final class FailingOnceTemplate extends RabbitTemplate {
        private boolean failed;

        private FailingOnceTemplate(ConnectionFactory connections) {
            super(connections);
            setMandatory(true);
        }

        @Override
        public void send(
                @Nullable String exchange,
                @Nullable String routingKey,
                Message message,
                @Nullable CorrelationData correlation) {
            if (!failed) {
                failed = true;
                throw new OutOfMemoryError("as if");
            }
            super.send(exchange, routingKey, message, correlation);
        }
    }

    /** Hears of each confirm later than it came. */
    private static final class SlowTemplate extends RabbitTemplate {
        private final Executor later;

        private SlowTemplate(ConnectionFactory connections, Duration delay) {
            super(connections);
            setMandatory(true);
            this.later = CompletableFuture.delayedExecutor(delay.toMillis(), TimeUnit.MILLISECONDS);
        }

        @Override
        public void send(
                @Nullable String exchange,
                @Nullable String routingKey,
                Message message,
                @Nullable CorrelationData correlation) {
            CorrelationData prompt = new CorrelationData();
            super.send(exchange, routingKey, message, prompt);
            var unused = prompt.getFuture()
                    .thenAcceptAsync(confirm -> correlation.getFuture().complete(confirm), later);
        }
    }

    /** Ends a relay's transaction or its connection to the broker in the middle of its work, or has messages returned. */
    private void breakSomething(Random random) {
        switch (random.nextInt(3)) {
            case 0 -> jdbc.queryForList("""
                    select pg_terminate_backend(pid) from pg_stat_activity
                    where datname = current_database() and state = 'idle in transaction'
                      and (query like '%order by id%' or query like '%outbox_shard%')""");
            case 1 ->
                (random.nextBoolean() ? here : there)
                        .getBean(CachingConnectionFactory.class)
                        .resetConnection();
            default ->
                broker.with(channel -> {
                    channel.queueUnbind(RECORDER, "shop.events", "#");
                    channel.messageCount(RECORDER); // takes a moment
                    return channel.queueBind(RECORDER, "shop.events", "#");
                });
        }
    }

    /** Several writers append numbered notes to the same notebooks. Says how many they wrote. */
    private int takeNotes(long seed) throws Exception {
        int writers = 4;
        ExecutorService threads = Executors.newFixedThreadPool(writers);
        try {
            List<Future<Integer>> written = IntStream.range(0, writers)
                    .mapToObj(writer -> threads.submit(
                            () -> takeNotes(writer % 2 == 0 ? here : there, new Random(seed + writer), 150)))
                    .toList();
            int sum = 0;
            for (Future<Integer> one : written) {
                sum += one.get();
            }
            return sum;
        } finally {
            threads.shutdown();
        }
    }

    private static int takeNotes(ConfigurableApplicationContext instance, Random random, int times) {
        TransactionTemplate transactions = transactions(instance);
        JdbcTemplate jdbc = instance.getBean(JdbcTemplate.class);
        Outbox outbox = instance.getBean(Outbox.class);
        int written = 0;
        for (int time = 0; time < times; time++) {
            List<Integer> notebooks = random.ints(1 + random.nextInt(5), 0, 30)
                    .distinct()
                    .sorted()
                    .boxed()
                    .toList();
            transactions.executeWithoutResult(status -> notebooks.forEach(notebook -> {
                String name = "notebook-" + notebook;
                Integer number = jdbc.queryForObject(
                        "insert into notebook values (?, 1) on conflict (name) do update set notes = notebook.notes + 1 returning notes",
                        Integer.class,
                        name);
                outbox.append(
                        new OutboxMessage(Ids.next(), Instant.now(), "note.taken", name, new OutboxIT.Note(number)));
            }));
            written += notebooks.size();
        }
        return written;
    }

    private List<GetResponse> recordedWhenAllIsPublished() {
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(unpublished()).isZero());
        return broker.takeAll(RECORDER);
    }

    /** Repetitions apart, each notebook's notes reached the exchange from the first to the last as they were taken. */
    private void assertEachNotebookIsInOrder(long seed, List<GetResponse> recorded) {
        Map<String, LinkedHashSet<String>> firstAppearances = recorded.stream()
                .collect(Collectors.groupingBy(
                        message -> message.getProps().getCorrelationId(),
                        Collectors.mapping(RelaysIT::text, Collectors.toCollection(LinkedHashSet::new))));
        Map<String, Integer> notes = jdbc.query("select name, notes from notebook", found -> {
            Map<String, Integer> all = new HashMap<>();
            while (found.next()) {
                all.put(found.getString("name"), found.getInt("notes"));
            }
            return all;
        });
        assertThat(firstAppearances.keySet()).as("seed %d", seed).isEqualTo(notes.keySet());
        notes.forEach((name, count) -> assertThat(new ArrayList<>(firstAppearances.get(name)))
                .as("%s, seed %d", name, seed)
                .isEqualTo(IntStream.rangeClosed(1, count)
                        .mapToObj("{\"number\":%d}"::formatted)
                        .toList()));
        Map<String, List<String>> bodiesById = recorded.stream()
                .collect(Collectors.groupingBy(
                        message -> message.getProps().getMessageId(),
                        Collectors.mapping(
                                message -> message.getProps().getCorrelationId() + text(message),
                                Collectors.toList())));
        assertThat(bodiesById)
                .as("repetitions carry the same id, seed %d", seed)
                .hasSize(notes.values().stream().mapToInt(Integer::intValue).sum())
                .allSatisfy((id, bodies) -> assertThat(bodies).containsOnly(bodies.get(0)));
    }

    private void append(int number) {
        here.getBean(Outbox.class)
                .append(new OutboxMessage(
                        Ids.next(), Instant.now(), "note.taken", "frozen", new OutboxIT.Note(number)));
    }

    private int unpublished() {
        return jdbc.queryForObject("select count(*) from outbox where published_at is null", Integer.class);
    }

    private List<Relay> relays() {
        return List.of(here.getBean(Relay.class), there.getBean(Relay.class));
    }

    private static double confirmed(ConfigurableApplicationContext instance) {
        return confirmed(instance.getBean(MeterRegistry.class));
    }

    private static double confirmed(MeterRegistry meters) {
        return meters.counter("outbox.published", "outcome", "confirmed").count();
    }

    private static TransactionTemplate transactions(ConfigurableApplicationContext instance) {
        return new TransactionTemplate(instance.getBean(PlatformTransactionManager.class));
    }

    private static String text(GetResponse message) {
        return new String(message.getBody(), StandardCharsets.UTF_8);
    }
}
