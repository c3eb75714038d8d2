package shop.email;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.test.annotation.DirtiesContext;
import shop.events.OrderPaid;
import shop.playground.servers.Broker;
import shop.playground.servers.Kind;
import shop.playground.servers.MailServer;
import shop.playground.servers.Redis;
import shop.playground.servers.WithServers;
import shop.playground.testing.Samples;

/** Retries last three seconds here; what is away is so for longer. */
@WithServers({Kind.RABBITMQ, Kind.REDIS, Kind.MAIL})
@SpringBootTest(properties = {"messaging.retry.delays=1s,1s,1s", "messaging.breaker.pause=1s"})
@DirtiesContext
class MailServerAwayIT {
    private static final int MAILS = 30;
    private static final Duration OUTAGE = Duration.ofSeconds(6);
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    @BeforeEach
    void emptyMailbox(MailServer server, Broker broker) {
        server.clear();
        await().atMost(PATIENCE).until(() -> broker.consumers("email.events") == 2);
    }

    @Test
    void everyMailIsSentOnceAfterTheServerIsBack(Broker broker, MailServer server) {
        server.stop();
        List<String> events = publish(broker);
        Instant stopped = Instant.now();
        try {
            await().atMost(PATIENCE).until(() -> broker.consumers("email.events") == 0);
            assertThat(broker.ready("email.events.parked")).isZero();
            await().atMost(PATIENCE).until(() -> Instant.now().isAfter(stopped.plus(OUTAGE)));
        } finally {
            server.start();
        }
        everyMailIsThereOnce(events, broker, server);
    }

    @Test
    void noMailIsSentWhileRedisIsAwayAndEachOnceAfterwards(Broker broker, MailServer server, Redis redis) {
        redis.kill();
        List<String> events = publish(broker);
        Instant stopped = Instant.now();
        try {
            await().atMost(PATIENCE).until(() -> broker.consumers("email.events") == 0);
            await().atMost(PATIENCE).until(() -> Instant.now().isAfter(stopped.plus(OUTAGE)));
            assertThat(server.mails()).isEmpty();
        } finally {
            redis.start();
        }
        everyMailIsThereOnce(events, broker, server);
    }

    private static List<String> publish(Broker broker) {
        return Stream.generate(() -> Samples.paid(Samples.ADA))
                .limit(MAILS)
                .peek(event -> Samples.publish(broker, event))
                .map(OrderPaid::eventId)
                .map(Object::toString)
                .toList();
    }

    private static void everyMailIsThereOnce(List<String> events, Broker broker, MailServer server) {
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(server.mails()).hasSizeGreaterThanOrEqualTo(MAILS));
        await().atMost(PATIENCE).until(() -> broker.consumers("email.events") == 2);
        assertThat(server.mails())
                .extracting(mail -> mail.headers().get("x-event-id"))
                .containsExactlyInAnyOrderElementsOf(events);
        assertThat(broker.ready("email.events.parked")).isZero();
    }
}
