package shop.messaging.schema;

import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.springframework.amqp.rabbit.config.ContainerCustomizer;
import org.springframework.amqp.rabbit.listener.RabbitListenerEndpointRegistry;
import org.springframework.amqp.rabbit.listener.SimpleMessageListenerContainer;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.Lifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.event.EventListener;

/** Migrations that wait for the database, and consumers that wait for the migrations. */
@AutoConfiguration(after = DataSourceAutoConfiguration.class, before = FlywayAutoConfiguration.class)
@ConditionalOnClass(Flyway.class)
@ConditionalOnBean(DataSource.class)
class SchemaAutoConfiguration {

    @Bean
    Migrations schema(DataSource database, ApplicationEventPublisher events) {
        Flyway messaging = Flyway.configure()
                .dataSource(database)
                .locations("classpath:db/messaging")
                .table("flyway_messaging_history")
                .baselineOnMigrate(true) // the service's own tables come first
                .baselineVersion("0")
                .load();
        return new Migrations(messaging, () -> events.publishEvent(new SchemaReady()));
    }

    @Bean
    ContainerCustomizer<SimpleMessageListenerContainer> consumersStartWhenTheSchemaIsThere() {
        return container -> container.setAutoStartup(false);
    }

    @Bean
    ConsumersStart consumersStart(RabbitListenerEndpointRegistry consumers) {
        return new ConsumersStart(consumers);
    }

    record ConsumersStart(RabbitListenerEndpointRegistry consumers) {

        @EventListener(SchemaReady.class)
        void start() {
            consumers.getListenerContainers().forEach(Lifecycle::start);
        }
    }
}
