package shop.messaging.subscription;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import shop.messaging.UnavailableException;
import shop.messaging.claim.Claims;
import shop.messaging.inbox.Inbox;

/**
 * A service's interest in some of the events on the topic exchange. As a bean it becomes an inbox queue bound with the
 * keys named here, its retry queues, its parking lot, and a running consumer:
 *
 * <pre>{@code
 * @Bean
 * Subscription emailEvents(OrderMails mails) {
 *     return Subscription.queue("email.events")
 *             .on(OrderPlaced.KEY, OrderPlaced.class, mails::on)
 *             .on(OrderPaid.KEY, OrderPaid.class, mails::on);
 * }
 * }</pre>
 *
 * <p>The queue's first word is the service's name: {@code email.redelivery} is then the direct exchange by which its
 * messages reach the retry queues, come back, and reach the parking lot.
 */
public final class Subscription {
    private static final int DEFAULT_PREFETCH = 50;

    private final String queue;
    private final Map<String, Route<?>> routes;
    private final @Nullable Once once;
    private final @Nullable List<Duration> retryDelays;
    private final int prefetch;
    private final int consumers;
    private final boolean pauses;

    private Subscription(
            String queue,
            Map<String, Route<?>> routes,
            @Nullable Once once,
            @Nullable List<Duration> retryDelays,
            int prefetch,
            int consumers,
            boolean pauses) {
        this.queue = queue;
        this.routes = routes;
        this.once = once;
        this.retryDelays = retryDelays;
        this.prefetch = prefetch;
        this.consumers = consumers;
        this.pauses = pauses;
    }

    /**
     * Begins the declaration of a subscription.
     *
     * @param queue the inbox queue, named {@code <service>.<what it holds>}
     */
    public static Subscription queue(String queue) {
        if (!queue.matches("[a-z]+(\\.[a-z-]+)+")) {
            throw new IllegalArgumentException("A queue is named <service>.<what it holds>, not " + queue);
        }
        return new Subscription(queue, Map.of(), null, null, DEFAULT_PREFETCH, 1, false);
    }

    /**
     * Handles messages of one type.
     *
     * @param key the routing key, which is also the message's type
     * @param type what the body is read into; components that are not {@code @Nullable} must be there
     */
    public <T> Subscription on(String key, Class<T> type, Handler<T> handler) {
        Map<String, Route<?>> more = new LinkedHashMap<>(routes);
        if (more.put(key, new Route<>(type, handler)) != null) {
            throw new IllegalArgumentException(queue + " has two handlers for " + key);
        }
        return new Subscription(queue, more, once, retryDelays, prefetch, consumers, pauses);
    }

    /** Runs each handler in a transaction that remembers the message, so that its database effect happens once. */
    public Subscription once(Inbox inbox) {
        return new Subscription(queue, routes, inbox::once, retryDelays, prefetch, consumers, pauses);
    }

    /**
     * Runs each handler under a claim to the message, so that its effect outside happens once, as far as that can be.
     *
     * @param longest what the work may take until its client gives up; less than a claim lasts, or somebody else would
     *     begin the same work meanwhile
     */
    public Subscription once(Claims claims, Duration longest) {
        if (longest.compareTo(claims.lease()) >= 0) {
            throw new IllegalArgumentException(
                    "The work of %s may take %s s, but a claim lasts %s s: shorten its client's timeouts or raise messaging.claims.lease"
                            .formatted(
                                    queue, longest.toSeconds(), claims.lease().toSeconds()));
        }
        return new Subscription(queue, routes, claims::once, retryDelays, prefetch, consumers, pauses);
    }

    /**
     * Stops consuming while handlers fail with {@link UnavailableException}, and goes on when one succeeds again, as
     * {@code messaging.breaker} says. Whatever happens meanwhile counts as no attempt.
     */
    public Subscription pauseWhileUnavailable() {
        return new Subscription(queue, routes, once, retryDelays, prefetch, consumers, true);
    }

    /**
     * Waits this long before each further try, instead of what {@code messaging.retry.delays} says.
     *
     * @param delays each at least a second, whole seconds
     */
    public Subscription retryAfter(Duration... delays) {
        return new Subscription(queue, routes, once, List.of(delays), prefetch, consumers, pauses);
    }

    /** Lets the broker send this many messages ahead to each consumer (default 50). */
    public Subscription prefetch(int messages) {
        return new Subscription(queue, routes, once, retryDelays, messages, consumers, pauses);
    }

    /** Works on this many messages at the same time (default 1). More than one gives up the order of messages. */
    public Subscription consumers(int number) {
        return new Subscription(queue, routes, once, retryDelays, prefetch, number, pauses);
    }

    String queue() {
        return queue;
    }

    Set<String> keys() {
        return routes.keySet();
    }

    @Nullable
    Route<?> route(String type) {
        return routes.get(type);
    }

    @Nullable
    Once once() {
        return once;
    }

    boolean pauses() {
        return pauses;
    }

    List<Duration> retryDelays(List<Duration> defaults) {
        return retryDelays == null ? defaults : retryDelays;
    }

    int prefetch() {
        return prefetch;
    }

    int consumers() {
        return consumers;
    }

    record Route<T>(Class<T> type, Handler<T> handler) {}
}
