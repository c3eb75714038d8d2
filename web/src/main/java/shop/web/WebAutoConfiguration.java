package shop.web;

import java.time.Duration;
import org.apache.catalina.core.StandardHost;
import org.apache.coyote.http11.AbstractHttp11Protocol;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.jackson.autoconfigure.JsonMapperBuilderCustomizer;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.error.ErrorMvcAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.Ordered;
import org.springframework.security.config.observation.SecurityObservationSettings;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.type.LogicalType;

/** Gives a service with an HTTP API its manners. */
@AutoConfiguration(before = {ErrorMvcAutoConfiguration.class, WebMvcAutoConfiguration.class})
@Import({ProblemAdvice.class, ErrorProblems.class})
class WebAutoConfiguration {
    private static final Duration SLOWEST = Duration.ofSeconds(5); // between two bytes
    private static final Duration WHOLE_BODY = Duration.ofSeconds(10); // 64 KiB by the slowest of mobile networks
    private static final Duration IDLE = Duration.ofSeconds(60); // between two requests of a connection

    @Bean
    ProblemWriter problemWriter(JsonMapper json) {
        return new ProblemWriter(json);
    }

    @Bean
    FilterRegistrationBean<BodyLimitFilter> bodyLimit(
            ProblemWriter problems, @Value("${server.tomcat.threads.max:200}") int threads) {
        var filter = new FilterRegistrationBean<>(new BodyLimitFilter(problems, WHOLE_BODY, Math.max(1, threads / 2)));
        filter.setOrder(Ordered.HIGHEST_PRECEDENCE);
        return filter;
    }

    @Bean
    WebServerFactoryCustomizer<TomcatServletWebServerFactory> problemsFromTomcatToo() {
        return tomcat -> tomcat.addContextCustomizers(context -> {
            if (context.getParent() instanceof StandardHost host) {
                host.setErrorReportValveClass(ProblemReportValve.class.getName());
            }
        });
    }

    /**
     * Who does not send what they announced keeps a thread for no longer than this; Tomcat's own limit is a minute. Who
     * drips a body meets the patience of {@link BodyLimitFilter}, and what Tomcat would read past that filter is refused. Who
     * drips the lines before a body keeps no thread, but one of the connections.
     *
     * @see <a href="https://tomcat.apache.org/tomcat-11.0-doc/config/http.html">Tomcat's HTTP connector</a>
     */
    @Bean
    WebServerFactoryCustomizer<TomcatServletWebServerFactory> slowClientsAreCutOff() {
        return tomcat -> tomcat.addConnectorCustomizers(connector -> {
            if (connector.getProtocolHandler() instanceof AbstractHttp11Protocol<?> protocol) {
                protocol.setMaxSwallowSize(0); // of what comes after an answer
                protocol.setMaxExtensionSize(1); // of a chunk; at 0 Tomcat fails instead of refusing one
                protocol.setMaxTrailerSize(2); // the last line's end; at 0 no chunked body is taken
                protocol.setConnectionTimeout(Math.toIntExact(SLOWEST.toMillis()));
                protocol.setKeepAliveTimeout(Math.toIntExact(IDLE.toMillis()));
            }
        });
    }

    @Bean
    WebServerFactoryCustomizer<TomcatServletWebServerFactory> unreadBodiesAreNotWaitedFor() {
        return tomcat -> tomcat.addEngineValves(new UnreadBodyValve());
    }

    /**
     * What a client sends is taken to the letter: a misspelt property, a number in quotes
     * or a text without them is its mistake.
     */
    @Bean
    JsonMapperBuilderCustomizer strictJson() {
        return json -> json.enable(
                        DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
                        DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
                .withCoercionConfig(
                        LogicalType.Textual,
                        text -> text.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                                .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                                .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail));
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(name = "org.springframework.security.oauth2.jwt.Jwt")
    static class WithTokens {

        @Bean
        ApiSecurity apiSecurity(ProblemWriter problems) {
            return new ApiSecurity(problems);
        }

        /** A span for each of its filters cost a third of what a request took, and told nothing that the request's own does not. */
        @Bean
        SecurityObservationSettings securityIsNotObserved() {
            return SecurityObservationSettings.noObservations();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(name = "org.springframework.jdbc.BadSqlGrammarException")
    @Import(DatabaseAwayAdvice.class)
    static class WithDatabase {}
}
