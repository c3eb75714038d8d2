package shop.messaging;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.springframework.amqp.rabbit.listener.RabbitListenerEndpointRegistry;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.util.ReflectionTestUtils;
import shop.messaging.subscription.Subscription;
import shop.playground.servers.Kind;
import shop.playground.servers.WithServers;

@WithServers(
        value = {Kind.RABBITMQ, Kind.POSTGRES},
        database = "stop_order")
@SpringBootTest
@DirtiesContext
class StopOrderIT {
    /** Boot's web servers begin to turn requests away in this phase. */
    private static final int WEB = SmartLifecycle.DEFAULT_PHASE - 1024;

    private static final Pattern GRACE = Pattern.compile("stop_grace_period: (\\d+)s");

    @Autowired
    private Map<String, SmartLifecycle> all;

    @Autowired
    private RabbitListenerEndpointRegistry containers;

    /** What starts consumers goes first, and the containers' own stop, which rejects what they have, finds none running. */
    @Test
    void consumersStopBeforeTheRelayAndTheRelayBeforeTheWebServer() {
        assertThat(List.of(
                        all.get("consumerGate").getPhase(),
                        all.get("consumers").getPhase(),
                        containers.getPhase(),
                        all.get("outboxRelay").getPhase(),
                        WEB))
                .isSortedAccordingTo(Comparator.reverseOrder())
                .doesNotHaveDuplicates();
    }

    @Test
    void allOfThemStopWithinTheTimeThatComposeGives(
            @Value("${spring.lifecycle.timeout-per-shutdown-phase}") Duration requests) throws IOException {
        Matcher grace = GRACE.matcher(Files.readString(Path.of("../docker-compose.yml")));
        assertThat(grace.find()).isTrue();
        assertThat(consumers().plus(relay()).plus(requests))
                .isLessThan(Duration.ofSeconds(Long.parseLong(grace.group(1))));
    }

    /** They stop side by side: {@code GracefulStopIT} sees to that. */
    private Duration consumers() {
        return containers.getListenerContainers().stream()
                .map(container -> Objects.requireNonNull(ReflectionTestUtils.getField(container, "shutdownTimeout")))
                .map(millis -> Duration.ofMillis((Long) millis))
                .max(Comparator.naturalOrder())
                .orElseThrow();
    }

    /** It keeps to that: {@code RelaysIT} sees to it. */
    private Duration relay() {
        return (Duration) Objects.requireNonNull(ReflectionTestUtils.getField(all.get("outboxRelay"), "STOP"));
    }

    @Configuration
    @EnableAutoConfiguration
    static class AnyService {

        @Bean
        Subscription anyEvents() {
            return Subscription.queue("any.events");
        }
    }
}
