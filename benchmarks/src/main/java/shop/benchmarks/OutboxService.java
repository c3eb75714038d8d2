package shop.benchmarks;

import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import shop.messaging.schema.SchemaReady;
import shop.playground.servers.Postgres;
import shop.playground.servers.RabbitMq;

/** A service that has nothing but an outbox, configured as every service of the shop. */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
class OutboxService {

    /** Starts it, and returns when its tables are there. */
    static ConfigurableApplicationContext start(RabbitMq rabbit, Postgres postgres) throws InterruptedException {
        Map<String, Object> properties = Stream.of(rabbit.properties(), postgres.properties("outbox"))
                .flatMap(all -> all.entrySet().stream())
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
        ConfigurableApplicationContext context = new SpringApplicationBuilder(OutboxService.class)
                .web(WebApplicationType.NONE)
                .properties(properties)
                .run();
        context.getBean(Schema.class).await();
        return context;
    }

    @Bean
    Schema benchmarkSchema() {
        return new Schema(new CountDownLatch(1));
    }

    record Schema(CountDownLatch there) {

        @EventListener(SchemaReady.class)
        void ready() {
            there.countDown();
        }

        void await() throws InterruptedException {
            there.await();
        }
    }
}
