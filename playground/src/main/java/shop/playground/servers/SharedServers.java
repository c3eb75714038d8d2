package shop.playground.servers;

import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * The servers of this JVM's tests. Nobody stops them: Spring's contexts need them until the JVM's end, and then the
 * {@link Guard} takes them away.
 */
final class SharedServers {

    private static final Map<Kind, Server> servers = new EnumMap<>(Kind.class);

    private SharedServers() {}

    /** Starts those that do not run, or no longer do; all at once, since each of them mostly waits. */
    static synchronized void start(List<Kind> kinds, String database) {
        kinds.forEach(kind -> servers.computeIfAbsent(kind, SharedServers::create));
        await(kinds.stream()
                .map(SharedServers::get)
                .map(server -> CompletableFuture.runAsync(server::start, task -> new Thread(task, "starting").start()))
                .toList());
        for (Kind kind : kinds) {
            properties(get(kind), database).forEach(System::setProperty);
        }
    }

    static synchronized Server get(Kind kind) {
        Server server = servers.get(kind);
        if (server == null) {
            throw new IllegalStateException(kind + " was not started");
        }
        return server;
    }

    private static Server create(Kind kind) {
        return switch (kind) {
            case RABBITMQ -> Docker.chosen() ? RabbitMq.inDocker() : RabbitMq.local();
            case REDIS -> Docker.chosen() ? Redis.inDocker() : Redis.local();
            case POSTGRES -> Docker.chosen() ? Postgres.inDocker() : Postgres.local();
            case MAIL -> MailServer.local();
            case THIRD_PARTIES -> ThirdParties.local();
        };
    }

    private static Map<String, String> properties(Server server, String database) {
        return server instanceof Postgres postgres ? postgres.properties(database) : server.properties();
    }

    private static void await(Collection<CompletableFuture<Void>> starts) {
        try {
            CompletableFuture.allOf(starts.toArray(CompletableFuture[]::new)).join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof ServerException failed) {
                throw new ServerException(String.valueOf(failed.getMessage()), failed);
            }
            throw e;
        }
    }
}
