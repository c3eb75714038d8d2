package shop.messaging.publishing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.GetResponse;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.Tracer;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageBuilder;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.transaction.support.TransactionTemplate;
import shop.messaging.Ids;
import shop.messaging.outbox.Outbox;
import shop.messaging.outbox.OutboxMessage;
import shop.playground.servers.Broker;
import shop.playground.servers.Kind;
import shop.playground.servers.WithServers;

/** A message belongs to the trace of what caused it, whichever thread publishes it. */
@WithServers(
        value = {Kind.RABBITMQ, Kind.POSTGRES},
        database = "outbox")
@SpringBootTest(properties = "management.tracing.sampling.probability=1")
@DirtiesContext
class TraceIT {
    private static final String RECORDER = "trace-recorder";
    private static final String EARLIER = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    private final Broker broker;

    @Autowired
    private Tracer tracer;

    @Autowired
    private Outbox outbox;

    @Autowired
    private ConfirmedPublisher publisher;

    @Autowired
    private TransactionTemplate transactions;

    @Autowired
    private JdbcTemplate jdbc;

    TraceIT(Broker broker) {
        this.broker = broker;
    }

    @BeforeEach
    void record() {
        broker.with(channel -> {
            channel.exchangeDeclare("shop.events", "topic", true);
            channel.queueDeclare(RECORDER, true, false, false, Map.of("x-queue-type", "classic"));
            return channel.queueBind(RECORDER, "shop.events", "trace.#");
        });
        await().ignoreExceptions()
                .untilAsserted(() -> assertThat(jdbc.queryForObject("select count(headers) from outbox", Integer.class))
                        .isNotNull());
    }

    @AfterEach
    void recordNoMore() {
        broker.with(channel -> channel.queueDelete(RECORDER));
    }

    @Test
    void ofTheOutboxCarriesTheTraceOfItsChange() {
        String trace = traced(() -> transactions.executeWithoutResult(status -> outbox.append(
                new OutboxMessage(Ids.next(), Instant.now(), "trace.stored", "change", Map.of("number", 1)))));
        assertThat(recordedTraceparent()).contains(trace);
    }

    @Test
    void ofTheOutboxCarriesItsOwnTraceRatherThanThatOfItsChange() {
        traced(() -> transactions.executeWithoutResult(status -> outbox.append(
                new OutboxMessage(Ids.next(), Instant.now(), "trace.stored", "change", Map.of("number", 1))
                        .with(Map.of("traceparent", EARLIER)))));
        assertThat(recordedTraceparent()).isEqualTo(EARLIER);
    }

    @Test
    void publishedAtOnceCarriesTheCurrentTrace() {
        String trace = traced(() -> publish(message()));
        assertThat(recordedTraceparent()).contains(trace);
    }

    @Test
    void keepsTheTraceThatItCarries() {
        Message again = message();
        again.getMessageProperties().setHeader("traceparent", EARLIER);
        traced(() -> publish(again));
        assertThat(recordedTraceparent()).isEqualTo(EARLIER);
    }

    /** The id of the trace in which the deed was done. */
    private String traced(Runnable deed) {
        Span span = tracer.nextSpan().start();
        try (Tracer.SpanInScope scope = tracer.withSpan(span)) {
            assertThat(scope).isNotNull();
            deed.run();
        } finally {
            span.end();
        }
        return span.context().traceId();
    }

    private void publish(Message message) {
        assertThat(publisher.publish("shop.events", "trace.sent", message).join())
                .isEqualTo(Outcome.CONFIRMED);
    }

    private static Message message() {
        return MessageBuilder.withBody(new byte[0]).build();
    }

    private String recordedTraceparent() {
        GetResponse message =
                await().until(() -> broker.take(RECORDER), Optional::isPresent).orElseThrow();
        return String.valueOf(message.getProps().getHeaders().get("traceparent"));
    }

    @Configuration
    @EnableAutoConfiguration
    static class TracedService {}
}
