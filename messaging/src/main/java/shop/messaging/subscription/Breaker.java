package shop.messaging.subscription;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.StateTransition;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor.DiscardPolicy;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.core.MessageListenerContainer;
import org.springframework.amqp.rabbit.listener.RabbitListenerEndpointRegistry;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;
import shop.messaging.DeferredException;
import shop.messaging.MessagingProperties;
import shop.messaging.UnavailableException;
import shop.messaging.UnprocessableMessageException;

/**
 * Lets one subscription pause while what its work needs is away: its consumer is stopped, and started again after a
 * while to see. What was sent ahead to it is deferred, since a requeue by the broker would count as a delivery.
 */
final class Breaker {
    private static final Logger log = LoggerFactory.getLogger(Breaker.class);
    private static final Duration SOON = Duration.ofSeconds(1);

    private final String queue;
    private final RabbitListenerEndpointRegistry registry;
    private final Duration pause;
    private final CircuitBreaker circuit;
    private final ReentrantLock probing = new ReentrantLock();
    private final ScheduledThreadPoolExecutor switching;

    private volatile String reason = "";
    private volatile boolean closed;
    private boolean paused; // of the switching thread alone

    Breaker(String queue, RabbitListenerEndpointRegistry registry, MessagingProperties.Breaker settings) {
        this.queue = queue;
        this.registry = registry;
        this.pause = settings.pause();
        CustomizableThreadFactory threads = new CustomizableThreadFactory("pause-" + queue + "-");
        threads.setDaemon(true);
        this.switching = new ScheduledThreadPoolExecutor(1, threads, new DiscardPolicy());
        this.circuit = CircuitBreaker.of(queue, config(settings));
        circuit.getEventPublisher()
                .onError(failed -> reason = String.valueOf(failed.getThrowable().getMessage()))
                .onStateTransition(turned -> turned(turned.getStateTransition()));
    }

    private static CircuitBreakerConfig config(MessagingProperties.Breaker settings) {
        return CircuitBreakerConfig.custom()
                .slidingWindowSize(settings.window())
                .minimumNumberOfCalls(settings.minimum())
                .failureRateThreshold(settings.failures())
                .waitDurationInOpenState(settings.pause())
                .automaticTransitionFromOpenToHalfOpenEnabled(true)
                .permittedNumberOfCallsInHalfOpenState(1)
                .recordException(Breaker::unavailable)
                // a refusal for good is an answer; any other failure says nothing of who was asked
                .ignoreException(
                        failure -> !unavailable(failure) && !(failure instanceof UnprocessableMessageException))
                .build();
    }

    private static boolean unavailable(Throwable failure) {
        return failure instanceof UnavailableException
                || (failure instanceof DeferredException && failure.getCause() instanceof UnavailableException);
    }

    /**
     * Does the work, unless the subscription pauses.
     *
     * @param work returns whether it asked anybody: what was done before says nothing of who is there now
     * @throws DeferredException when it does, or when this was the try whether the pause can end, and failed
     */
    void run(BooleanSupplier work) {
        if (circuit.getState() != State.HALF_OPEN) {
            call(work);
            return;
        }
        probing.lock(); // the others wait for the first one's luck, rather than go round by a retry queue
        try {
            call(work);
        } catch (UnavailableException e) {
            throw new DeferredException(e);
        } finally {
            probing.unlock();
        }
    }

    private void call(BooleanSupplier work) {
        if (!circuit.tryAcquirePermission()) {
            throw new DeferredException("%s pauses: %s".formatted(queue, reason));
        }
        long begun = circuit.getCurrentTimestamp();
        try {
            if (work.getAsBoolean()) {
                circuit.onSuccess(circuit.getCurrentTimestamp() - begun, circuit.getTimestampUnit());
            } else {
                circuit.releasePermission();
            }
        } catch (RuntimeException e) {
            circuit.onError(circuit.getCurrentTimestamp() - begun, circuit.getTimestampUnit(), e);
            throw e;
        } catch (Error e) {
            circuit.releasePermission(); // for a circuit breaker, errors do not exist
            throw e;
        }
    }

    private void turned(StateTransition transition) {
        switch (transition) {
            case CLOSED_TO_OPEN ->
                log.warn("Pausing {}: {}; trying again every {} s", queue, reason, pause.toSeconds());
            case HALF_OPEN_TO_CLOSED -> log.info("{} goes on", queue);
            default -> log.debug("{}: {}", queue, transition);
        }
        switching.execute(this::align); // never the consumer's own thread, for which a stop waits
    }

    /** Brings the consumer to where the circuit is. */
    private void align() {
        MessageListenerContainer consumer = registry.getListenerContainer(queue);
        if (consumer == null || closed) {
            return;
        }
        try {
            boolean open = pauses();
            if (open && consumer.isRunning()) {
                paused = true;
                consumer.stop();
            } else if (!open && paused) { // what somebody else has stopped, or not yet started, stays so
                start(consumer);
                paused = false;
            }
        } catch (RuntimeException e) {
            log.warn("{} could not be paused or started, trying again", queue, e);
            Future<?> unused = switching.schedule(this::align, SOON.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void start(MessageListenerContainer consumer) {
        consumer.start();
        if (closed) {
            consumer.stop(); // the service began to stop meanwhile, and may have passed by
        }
    }

    /** Leaves the consumer alone from now on. */
    void close() {
        closed = true;
        switching.shutdown();
    }

    boolean pauses() {
        return circuit.getState() == State.OPEN;
    }

    String queue() {
        return queue;
    }

    /** What it is doing, for people. */
    String described() {
        return switch (circuit.getState()) {
            case CLOSED -> "runs";
            case OPEN -> "pauses: " + reason;
            default -> "tries again: " + reason;
        };
    }
}
