package shop.seckill;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Import;
import org.springframework.test.annotation.DirtiesContext;

@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "spring.rabbitmq.host=127.0.0.1",
            "spring.rabbitmq.port=1",
            "spring.data.redis.host=127.0.0.1",
            "spring.data.redis.port=1"
        })
@Import({Tokens.class, Gateway.class})
@DirtiesContext // it would try to connect for as long as the tests last
class WithoutServersIT {

    @Autowired
    private Gateway gateway;

    @Test
    void startsAndSaysThatItIsNotReady() {
        assertThat(gateway.get("/actuator/health/liveness", "").status()).isEqualTo(200);
        assertThat(gateway.get("/actuator/health/readiness", "").status()).isEqualTo(503);

        long begun = System.nanoTime();
        assertThat(gateway.buy(UUID.randomUUID(), UUID.randomUUID()).summary()).isEqualTo("503 unavailable");
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(2));
    }
}
