package shop.messaging.publishing;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.transport.Kind;
import io.micrometer.observation.transport.ReceiverContext;
import io.micrometer.observation.transport.SenderContext;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.amqp.core.Message;

/**
 * Has a message carry the trace of what caused it, whichever tracer is there. The tracer hears of an observation that
 * something is sent, and writes its own headers; without a tracer there are none.
 */
public final class Traces {
    /** The header of W3C's Trace Context. */
    static final String TRACEPARENT = "traceparent";

    private static final Pattern WELL_FORMED = Pattern.compile("[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}");

    private final ObservationRegistry observations;

    public Traces(ObservationRegistry observations) {
        this.observations = observations;
    }

    /**
     * Does work that sends or stores messages.
     *
     * @param name the observation's
     * @param receiver who gets what is sent
     * @param work gets the headers that those messages are to carry
     */
    public <T> T observe(String name, String receiver, Function<Map<String, String>, T> work) {
        Map<String, String> headers = new HashMap<>();
        SenderContext<Map<String, String>> context =
                new SenderContext<>((carrier, key, value) -> headers.put(key, value), Kind.PRODUCER);
        context.setCarrier(headers);
        context.setRemoteServiceName(receiver);
        return Observation.createNotStarted(name, () -> context, observations).observe(() -> work.apply(headers));
    }

    /**
     * The headers by which what is told because of this message belongs to its trace; none if it carries no trace. They
     * are safe to store, whoever wrote the message.
     */
    public static Map<String, String> of(Message message) {
        String traceparent = header(message, TRACEPARENT);
        return traceparent != null && WELL_FORMED.matcher(traceparent).matches()
                ? Map.of(TRACEPARENT, traceparent)
                : Map.of();
    }

    /**
     * Does work because of a message, in the trace that it carries.
     *
     * @param name the observation's
     */
    public void resume(String name, Message message, Runnable work) {
        ReceiverContext<Message> context = new ReceiverContext<>(Traces::header, Kind.CONSUMER);
        context.setCarrier(message);
        Observation.createNotStarted(name, () -> context, observations).observe(work);
    }

    /** The same work, on whichever thread it is done, in the trace of the thread that asks now. */
    public <T, R> Function<T, R> carry(Function<T, R> work) {
        Observation current = observations.getCurrentObservation();
        return current == null ? work : input -> current.scoped(() -> work.apply(input));
    }

    private static @Nullable String header(Message message, String name) {
        return message.getMessageProperties().getHeader(name) instanceof String text ? text : null;
    }
}
