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
    private static final String NAME = "[a-z]+(\\.[a-z-]+)+";

    private final String queue;
    private final Map<String, Route<?>> routes;
    private final @Nullable Once once;
    private final @Nullable List<Duration> retryDelays;
    private final int prefetch;
    private final int consumers;
    private final boolean pauses;
    private final @Nullable Delay delay;

    private Subscription(
            String queue,
            Map<String, Route<?>> routes,
            @Nullable Once once,
            @Nullable List<Duration> retryDelays,
            int prefetch,
            int consumers,
            boolean pauses,
            @Nullable Delay delay) {
        this.queue = queue;
        this.routes = routes;
        this.once = once;
        this.retryDelays = retryDelays;
        this.prefetch = prefetch;
        this.consumers = consumers;
        this.pauses = pauses;
        this.delay = delay;
    }

    /**
     * Begins the declaration of a subscription.
     *
     * @param queue the inbox queue, named {@code <service>.<what it holds>}
     */
    public static Subscription queue(String queue) {
        if (!queue.matches(NAME)) {
            throw new IllegalArgumentException("A queue is named <service>.<what it holds>, not " + queue);
        }
        return new Subscription(queue, Map.of(), null, null, DEFAULT_PREFETCH, 1, false, null);
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
        return new Subscription(queue, more, once, retryDelays, prefetch, consumers, pauses, delay);
    }

    /** Runs each handler in a transaction that remembers the message, so that its database effect happens once. */
    public Subscription once(Inbox inbox) {
        return new Subscription(queue, routes, inbox::once, retryDelays, prefetch, consumers, pauses, delay);
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
        return new Subscription(queue, routes, claims::once, retryDelays, prefetch, consumers, pauses, delay);
    }

    /**
     * Stops consuming while handlers fail with {@link UnavailableException}, and goes on when one succeeds again, as
     * {@code messaging.breaker} says. Whatever happens meanwhile counts as no attempt.
     */
    public Subscription pauseWhileUnavailable() {
        return new Subscription(queue, routes, once, retryDelays, prefetch, consumers, true, delay);
    }

    /**
     * Waits this long before each further try, instead of what {@code messaging.retry.delays} says.
     *
     * @param delays each at least a second, whole seconds
     */
    public Subscription retryAfter(Duration... delays) {
        return new Subscription(queue, routes, once, List.of(delays), prefetch, consumers, pauses, delay);
    }

    /**
     * Handles each message this long after it was published, at the earliest. It waits in a queue of its own that lets
     * all its messages go at the same age, {@code order.payment-window.15m} for {@code "order.payment-window"} and 15
     * minutes; what fails then, or is replayed, waits there no second time.
     *
     * <p>The age is the queue's and not the message's, since a broker lets go of messages only at the head of a queue:
     * behind one that may wait longer, the others would be late. Another delay is therefore another queue. What waits in
     * the former one still comes in its time, and so does what is published until somebody unbinds it: handle messages
     * {@code once}.
     *
     * @param delay whole seconds, at least one, less than 25 days
     * @param waitingQueue its name without the delay; its first word is the same service's
     * @see <a href="https://www.rabbitmq.com/docs/ttl#per-message-ttl-caveats">Caveats of per-message TTL</a>
     */
    public Subscription delayedBy(Duration delay, String waitingQueue) {
        String service = queue.substring(0, queue.indexOf('.') + 1);
        if (!waitingQueue.matches(NAME) || !waitingQueue.startsWith(service)) {
            throw new IllegalArgumentException("Messages for %s wait in a queue named %s<what it holds>, not %s"
                    .formatted(queue, service, waitingQueue));
        }
        Delay wait = new Delay(delay, waitingQueue);
        return new Subscription(queue, routes, once, retryDelays, prefetch, consumers, pauses, wait);
    }

    /** Lets the broker send this many messages ahead to each consumer (default 50). */
    public Subscription prefetch(int messages) {
        return new Subscription(queue, routes, once, retryDelays, messages, consumers, pauses, delay);
    }

    /** Works on this many messages at the same time (default 1). More than one gives up the order of messages. */
    public Subscription consumers(int number) {
        return new Subscription(queue, routes, once, retryDelays, prefetch, number, pauses, delay);
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

    @Nullable
    Delay delay() {
        return delay;
    }

    /**
     * A wait before the first delivery.
     *
     * @param queue where, without the length that its name ends with
     */
    record Delay(Duration length, String queue) {}

    record Route<T>(Class<T> type, Handler<T> handler) {}
}
