package shop.order;

import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Import;
import shop.playground.servers.Kind;
import shop.playground.servers.WithServers;

/** The service as it runs, with all it talks to; one of it serves every test class. */
@Inherited
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@WithServers(
        value = {Kind.RABBITMQ, Kind.POSTGRES, Kind.REDIS, Kind.THIRD_PARTIES},
        database = "orders")
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "server.address=127.0.0.1",
            "shop.passwords.strength=4",
            "shop.operator.password=" + Api.OPERATOR_PASSWORD,
            "shop.acquirer.refund-retry=1s",
            "spring.http.clients.read-timeout=2s",
            "messaging.retry.delays=1s"
        })
@Import({Api.class, Readiness.class})
public @interface WholeServiceTest {}
