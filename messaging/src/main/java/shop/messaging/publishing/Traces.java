package shop.messaging.publishing;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.transport.Kind;
import io.micrometer.observation.transport.SenderContext;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * Has a message carry the trace of what caused it, whichever tracer is there. The tracer hears of an observation that
 * something is sent, and writes its own headers; without a tracer there are none.
 */
public final class Traces {
    /** The header of W3C's Trace Context. */
    static final String TRACEPARENT = "traceparent";

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
}
