package shop.playground.audit;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.GetResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import shop.playground.servers.Broker;

/** A subscriber to everything: what came to the exchange since its queue was declared, in that order. */
public final class Recorder {

    static final String QUEUE = "recorder.events";

    private final Broker broker;
    private final List<Recorded> read = new ArrayList<>();

    private Recorder(Broker broker) {
        this.broker = broker;
    }

    /** Begins now. The exchange is there once a service has connected. */
    public static Recorder of(Broker broker) {
        broker.with(channel -> {
            channel.queueDeclare(QUEUE, true, false, false, Map.of("x-queue-type", "quorum"));
            return channel.queueBind(QUEUE, "shop.events", "#");
        });
        return new Recorder(broker);
    }

    /** All that has come so far. */
    public synchronized List<Recorded> read() {
        return broker.with(this::read);
    }

    private List<Recorded> read(Channel channel) throws IOException {
        GetResponse last = null;
        for (GetResponse next = channel.basicGet(QUEUE, false); next != null; next = channel.basicGet(QUEUE, false)) {
            Recorded event = Recorded.of(next);
            // Delivered again, it was read before, but for the broker's word that it knows.
            if (!next.getEnvelope().isRedeliver() || !read.contains(event)) {
                read.add(event);
            }
            last = next;
        }
        if (last != null) {
            channel.basicAck(last.getEnvelope().getDeliveryTag(), true);
        }
        return List.copyOf(read);
    }
}
