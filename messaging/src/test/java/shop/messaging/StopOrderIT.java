package shop.messaging;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.amqp.rabbit.listener.RabbitListenerEndpointRegistry;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Configuration;
import org.springframework.test.annotation.DirtiesContext;
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

    @Test
    void consumersStopBeforeTheRelayAndTheRelayBeforeTheWebServer(
            @Autowired RabbitListenerEndpointRegistry consumers, @Autowired Map<String, SmartLifecycle> all) {
        int relay = all.get("outboxRelay").getPhase();
        assertThat(consumers.getPhase()).isGreaterThan(relay);
        assertThat(relay).isGreaterThan(WEB);
    }

    @Configuration
    @EnableAutoConfiguration
    static class AnyService {}
}
