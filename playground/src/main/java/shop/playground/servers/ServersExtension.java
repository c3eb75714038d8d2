package shop.playground.servers;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestInstanceFactoryContext;
import org.junit.jupiter.api.extension.TestInstancePreConstructCallback;
import org.junit.platform.commons.support.AnnotationSupport;

/** Brings {@link WithServers} about. */
final class ServersExtension implements BeforeAllCallback, TestInstancePreConstructCallback, ParameterResolver {

    private static final Map<Class<?>, Kind> PARAMETERS = Map.of(
            RabbitMq.class, Kind.RABBITMQ,
            Broker.class, Kind.RABBITMQ,
            Redis.class, Kind.REDIS,
            Postgres.class, Kind.POSTGRES,
            MailServer.class, Kind.MAIL,
            ThirdParties.class, Kind.THIRD_PARTIES);

    @Override
    public void beforeAll(ExtensionContext context) {
        start(context);
    }

    /** Comes before {@link #beforeAll} where one instance serves a whole class; Spring may read properties right after. */
    @Override
    public void preConstructTestInstance(TestInstanceFactoryContext factory, ExtensionContext context) {
        start(context);
    }

    /** Once per class: a test that breaks a server is not to find it mended for the next one of its class. */
    private static void start(ExtensionContext context) {
        context.getStore(Namespace.create(ServersExtension.class))
                .computeIfAbsent(context.getRequiredTestClass(), type -> {
                    WithServers wanted = wanted(context).orElseThrow();
                    SharedServers.start(List.of(wanted.value()), wanted.database());
                    return type;
                });
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        Kind kind = PARAMETERS.get(parameter.getParameter().getType());
        return kind != null
                && wanted(context)
                        .map(wanted -> List.of(wanted.value()).contains(kind))
                        .orElse(false);
    }

    @Override
    public @Nullable Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        Server server = SharedServers.get(Objects.requireNonNull(PARAMETERS.get(type)));
        return type == Broker.class && server instanceof RabbitMq rabbitMq ? rabbitMq.broker() : server;
    }

    private static Optional<WithServers> wanted(ExtensionContext context) {
        return AnnotationSupport.findAnnotation(
                context.getRequiredTestClass(), WithServers.class, context.getEnclosingTestClasses());
    }
}
