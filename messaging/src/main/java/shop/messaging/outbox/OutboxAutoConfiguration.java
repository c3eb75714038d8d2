package shop.messaging.outbox;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.time.Clock;
import java.util.concurrent.Semaphore;
import javax.sql.DataSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import shop.messaging.MessageJson;
import shop.messaging.MessagingAutoConfiguration;
import shop.messaging.MessagingProperties;
import shop.messaging.publishing.ConfirmedPublisher;
import shop.messaging.publishing.Traces;

/** An outbox and its relay for every service that has a database. */
@AutoConfiguration(after = {MessagingAutoConfiguration.class, DataSourceTransactionManagerAutoConfiguration.class})
@ConditionalOnClass(JdbcTemplate.class)
@ConditionalOnBean(DataSource.class)
class OutboxAutoConfiguration {
    private final Semaphore work = new Semaphore(0);

    @Bean
    OutboxTable outbox(JdbcTemplate jdbc, MessageJson json, Traces traces) {
        return new OutboxTable(jdbc, json, traces, work::release);
    }

    @Bean
    OutboxMetrics outboxMetrics(OutboxTable outbox, ObjectProvider<MeterRegistry> meters) {
        return new OutboxMetrics(
                meters.getIfAvailable(CompositeMeterRegistry::new), outbox::backlog, Clock.systemUTC());
    }

    @Bean
    OutboxHealth outboxHealthIndicator(OutboxMetrics metrics) {
        return new OutboxHealth(metrics, Clock.systemUTC());
    }

    @Bean
    Relay outboxRelay(
            OutboxTable outbox,
            PlatformTransactionManager transactions,
            ConfirmedPublisher publisher,
            MessagingProperties properties,
            OutboxMetrics metrics,
            Environment environment) {
        return new Relay(
                outbox,
                new TransactionTemplate(transactions),
                publisher,
                properties.exchange(),
                environment.getProperty("spring.application.name", "unnamed"),
                properties.outbox(),
                metrics,
                work);
    }
}
