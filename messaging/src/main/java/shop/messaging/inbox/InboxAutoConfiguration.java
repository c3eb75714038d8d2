package shop.messaging.inbox;

import java.time.Duration;
import javax.sql.DataSource;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import shop.messaging.MessagingAutoConfiguration;
import shop.messaging.MessagingProperties;

/** An inbox for every service that has a database. */
@AutoConfiguration(after = {MessagingAutoConfiguration.class, DataSourceTransactionManagerAutoConfiguration.class})
@ConditionalOnClass(JdbcTemplate.class)
@ConditionalOnBean(DataSource.class)
class InboxAutoConfiguration {

    @Bean
    Inbox inbox(JdbcTemplate jdbc, PlatformTransactionManager transactions) {
        return new Inbox(jdbc, new TransactionTemplate(transactions));
    }

    @Bean
    InboxCleanup inboxCleanup(JdbcTemplate jdbc, MessagingProperties properties) {
        return new InboxCleanup(jdbc, properties.remember(), Duration.ofHours(1));
    }
}
