package shop.seckill;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Import;
import shop.playground.servers.Kind;
import shop.playground.servers.WithServers;

/** A test of the whole gateway, with its broker and its Redis. All share one queue, and so its cap. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@WithServers({Kind.RABBITMQ, Kind.REDIS})
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "seckill.max-queue-length=" + GatewayTest.CAP,
            "seckill.confirm-timeout=3s", // on a busy machine, too
            "seckill.reconcile-after=10m", // a test that wants it earlier makes it so
            "spring.data.redis.timeout=3s",
            "spring.rabbitmq.requested-heartbeat=60s"
        })
@Import({Tokens.class, Gateway.class})
@interface GatewayTest {
    int CAP = 30;

    /** So many purchases find room in the queue beside the questions about the sales of other tests. */
    int ROOM = 20;
}
