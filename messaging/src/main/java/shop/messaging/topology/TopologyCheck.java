package shop.messaging.topology;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.core.AbstractDeclarable;
import org.springframework.amqp.core.Exchange;
import org.springframework.amqp.core.Queue;

/**
 * Declares one by one, to find what the broker has otherwise, and leaves that out of what Spring then declares all
 * together: there, one refusal closes the channel, ends everything behind it, and with that the connection, for ever.
 */
final class TopologyCheck {
    private static final Logger log = LoggerFactory.getLogger(TopologyCheck.class);

    private volatile Map<AbstractDeclarable, Mismatch> mismatches = Map.of();

    /** What the broker had otherwise when it was looked at last. */
    List<Mismatch> mismatches() {
        return List.copyOf(mismatches.values());
    }

    synchronized void run(Connection connection, Collection<? extends AbstractDeclarable> all)
            throws IOException, TimeoutException {
        Map<AbstractDeclarable, Mismatch> found = new LinkedHashMap<>();
        Channel channel = connection.createChannel();
        for (AbstractDeclarable one : all) {
            if (!channel.isOpen()) {
                channel = connection.createChannel();
            }
            if (one.shouldDeclare() || mismatches.containsKey(one)) {
                declare(channel, one).ifPresent(mismatch -> found.put(one, mismatch));
            }
        }
        if (channel.isOpen()) {
            channel.close();
        }
        tell(found);
        leaveOut(found);
    }

    /** All at once: had the connection broken before the end, the next run would take it that somebody wants some left out. */
    private void leaveOut(Map<AbstractDeclarable, Mismatch> found) {
        mismatches.keySet().forEach(one -> one.setShouldDeclare(!found.containsKey(one)));
        found.keySet().forEach(one -> one.setShouldDeclare(false));
        mismatches = Map.copyOf(found);
    }

    private static Optional<Mismatch> declare(Channel channel, AbstractDeclarable one) throws IOException {
        try {
            if (one instanceof Queue queue) {
                channel.queueDeclare(
                        queue.getName(),
                        queue.isDurable(),
                        queue.isExclusive(),
                        queue.isAutoDelete(),
                        queue.getArguments());
            } else if (one instanceof Exchange exchange) {
                channel.exchangeDeclare(
                        exchange.getName(),
                        exchange.getType(),
                        exchange.isDurable(),
                        exchange.isAutoDelete(),
                        exchange.isInternal(),
                        exchange.getArguments());
            }
            return Optional.empty();
        } catch (IOException refused) {
            if (refused.getCause() instanceof ShutdownSignalException closed
                    && closed.getReason() instanceof AMQP.Channel.Close reason) {
                return Mismatch.in(reason.getReplyText()); // anything else is said when Spring declares it
            }
            throw refused;
        }
    }

    private void tell(Map<AbstractDeclarable, Mismatch> found) {
        found.values().stream()
                .filter(mismatch -> !mismatches.containsValue(mismatch))
                .forEach(mismatch -> log.error("{}", mismatch.advice()));
        mismatches.values().stream()
                .filter(mismatch -> !found.containsValue(mismatch))
                .forEach(mismatch ->
                        log.info("The {} {} is no longer as it was refused", mismatch.kind(), mismatch.name()));
    }
}
