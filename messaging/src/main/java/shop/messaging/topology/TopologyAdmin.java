package shop.messaging.topology;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import org.springframework.amqp.AmqpIOException;
import org.springframework.amqp.AmqpTimeoutException;
import org.springframework.amqp.core.AbstractDeclarable;
import org.springframework.amqp.core.AbstractExchange;
import org.springframework.amqp.core.Declarables;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.rabbit.connection.Connection;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.amqp.rabbit.core.RabbitAdmin;
import org.springframework.context.ApplicationContext;

/** Declares on every connection all that the broker does not have otherwise. */
final class TopologyAdmin extends RabbitAdmin {
    private final ConnectionFactory connections;
    private final ApplicationContext context;
    private final TopologyCheck check;

    TopologyAdmin(ConnectionFactory connections, ApplicationContext context, TopologyCheck check) {
        super(connections);
        this.connections = connections;
        this.context = context;
        this.check = check;
    }

    @Override
    public void initialize() {
        try {
            Connection connection = connections.createConnection(); // the one there is, or a new one
            check.run(Objects.requireNonNull(connection.getDelegate()), named());
        } catch (IOException e) {
            throw new AmqpIOException(e);
        } catch (TimeoutException e) {
            throw new AmqpTimeoutException(e);
        }
        super.initialize();
    }

    /** All queues and exchanges of the service but those that are named by the broker and gone with the connection. */
    private List<AbstractDeclarable> named() {
        List<AbstractDeclarable> all = new ArrayList<>();
        all.addAll(context.getBeansOfType(AbstractExchange.class, false, true).values());
        all.addAll(context.getBeansOfType(Queue.class, false, true).values());
        for (Declarables some :
                context.getBeansOfType(Declarables.class, false, true).values()) {
            all.addAll(some.getDeclarablesByType(AbstractExchange.class));
            all.addAll(some.getDeclarablesByType(Queue.class));
        }
        all.removeIf(one -> one instanceof Queue queue && queue.isExclusive());
        return all;
    }
}
