package shop.playground.servers;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Runs a test class with real servers. They are started once per JVM, shared by all its tests, and are there before Spring
 * reads their addresses, which it finds as system properties ({@link Server#properties()}). Parameters of tests and of
 * their constructors may be {@link RabbitMq}, {@link Broker}, {@link Redis}, {@link Postgres}, {@link MailServer} and
 * {@link ThirdParties}.
 *
 * <p>The first three run in Docker where an engine answers and has their images or can have them, else as processes of
 * this machine; the environment variable or system property {@code MQSHOP_SERVERS}, {@code docker} or {@code native},
 * decides otherwise.
 */
@Documented
@Inherited
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(ServersExtension.class)
public @interface WithServers {

    Kind[] value();

    /** The database that {@code spring.datasource.url} names: one per module, since its tests share the property. */
    String database() default "shop";
}
