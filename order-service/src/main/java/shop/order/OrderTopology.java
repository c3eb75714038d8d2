package shop.order;

import org.springframework.amqp.core.BindingBuilder;
import org.springframework.amqp.core.Declarables;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.core.QueueBuilder;
import org.springframework.amqp.core.TopicExchange;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The names of what this service owns at the broker. */
@Configuration(proxyBeanMethods = false)
public class OrderTopology {
    /** The inbox queue: what others say about orders. */
    public static final String EVENTS = "order.events";

    /** Every event of the shop, to be read again from any point. */
    static final String JOURNAL = "shop.journal";

    private static final long JOURNAL_BYTES = 1_000_000_000;
    private static final long SEGMENT_BYTES = 50_000_000; // old events go by whole segments

    /**
     * The journal makes sure, too, that no event is ever unroutable.
     *
     * @see <a href="https://www.rabbitmq.com/docs/streams#retention">Retention of streams</a>
     */
    @Bean
    Declarables journal(TopicExchange events) {
        Queue journal = QueueBuilder.durable(JOURNAL).stream()
                .withArgument("x-max-length-bytes", JOURNAL_BYTES)
                .withArgument("x-stream-max-segment-size-bytes", SEGMENT_BYTES)
                .withArgument("x-max-age", "7D")
                .build();
        return new Declarables(journal, BindingBuilder.bind(journal).to(events).with("#"));
    }
}
