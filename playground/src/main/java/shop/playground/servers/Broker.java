package shop.playground.servers;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.http.client.Client;
import com.rabbitmq.http.client.ClientParameters;
import com.rabbitmq.http.client.domain.BindingInfo;
import com.rabbitmq.http.client.domain.ChannelInfo;
import com.rabbitmq.http.client.domain.ExchangeInfo;
import com.rabbitmq.http.client.domain.PolicyInfo;
import com.rabbitmq.http.client.domain.QueueInfo;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;

/**
 * An operator's hand on a RabbitMQ: looks at what is declared, puts messages in as they are, takes them out. Each call
 * opens a connection of its own, so that it never holds one to a broker that died meanwhile.
 */
public final class Broker {
    private static final long CONFIRM_MILLIS = 30_000;
    private static final String NO_ANSWER = "The broker neither confirmed nor refused what was published";

    private final RabbitMq.Address address;

    Broker(RabbitMq.Address address) {
        this.address = address;
    }

    /** What became of a message that was put in. */
    public enum Outcome {
        /** Every queue that it belongs in has it. */
        CONFIRMED,
        /** The broker refused it: a queue is full, say. */
        REFUSED,
        /** No queue is bound for it. */
        RETURNED
    }

    /** RabbitMQ's. */
    public String version() {
        return with(channel ->
                String.valueOf(channel.getConnection().getServerProperties().get("version")));
    }

    /** All exchanges, those that the broker itself declares too. */
    public List<ExchangeInfo> exchanges() {
        return management().getExchanges(address.virtualHost());
    }

    /** All queues with their arguments; their counts may be a few seconds old, see {@link #ready}. */
    public List<QueueInfo> queues() {
        return management().getQueues(address.virtualHost());
    }

    /** All bindings, those of the default exchange too, whose source is empty. */
    public List<BindingInfo> bindings() {
        return management().getBindings(address.virtualHost());
    }

    /** How many messages wait in the queue at this moment, without those that a consumer holds. */
    public long ready(String queue) {
        return with(channel -> channel.messageCount(queue));
    }

    /** How many messages wait in each of these queues at this moment, as {@link #ready(String)} has it. */
    public Map<String, Long> ready(Collection<String> queues) {
        return with(channel -> {
            Map<String, Long> ready = new TreeMap<>();
            for (String queue : queues) {
                ready.put(queue, channel.messageCount(queue));
            }
            return ready;
        });
    }

    /** How many messages consumers have and have not acknowledged, a second ago at most. */
    public long unacknowledged() {
        return management().getChannels().stream()
                .mapToLong(ChannelInfo::getMessagesUnacknowledged)
                .sum();
    }

    /** How many consume from the queue at this moment. */
    public long consumers(String queue) {
        return with(channel -> channel.consumerCount(queue));
    }

    /** Publishes the bytes as they are, and returns when the broker has answered. */
    public Outcome publish(String exchange, String routingKey, BasicProperties properties, byte[] body) {
        return with(channel -> {
            channel.confirmSelect();
            AtomicBoolean returned = new AtomicBoolean();
            CompletableFuture<Boolean> confirmed = new CompletableFuture<>();
            channel.addReturnListener(message -> returned.set(true));
            channel.addConfirmListener(
                    (tag, multiple) -> confirmed.complete(true), (tag, multiple) -> confirmed.complete(false));
            channel.addShutdownListener(confirmed::completeExceptionally);
            channel.basicPublish(exchange, routingKey, true, properties, body);
            if (!answer(confirmed)) {
                return Outcome.REFUSED;
            }
            return returned.get() ? Outcome.RETURNED : Outcome.CONFIRMED;
        });
    }

    /** Takes the next message off the queue, for good. */
    public Optional<GetResponse> take(String queue) {
        return with(channel -> Optional.ofNullable(channel.basicGet(queue, true)));
    }

    /** Takes every message off the queue, for good. */
    public List<GetResponse> takeAll(String queue) {
        return with(channel -> {
            List<GetResponse> all = new ArrayList<>();
            for (GetResponse next = channel.basicGet(queue, true); next != null; next = channel.basicGet(queue, true)) {
                all.add(next);
            }
            return all;
        });
    }

    /** Reads every message that is in the queue and leaves it there; it counts as redelivered from then on. */
    public List<GetResponse> peek(String queue) {
        return with(channel -> {
            List<GetResponse> all = new ArrayList<>();
            for (GetResponse next = channel.basicGet(queue, false);
                    next != null;
                    next = channel.basicGet(queue, false)) {
                all.add(next);
            }
            return all; // closing the channel gives them back
        });
    }

    /** Drops what waits in the queue and says how many those were. */
    public long purge(String queue) {
        return with(channel -> (long) channel.queuePurge(queue).getMessageCount());
    }

    /** Lets the queue hold no more than so many messages, by a policy, until {@link #unlimit}. */
    public void limit(String queue, int messages) {
        PolicyInfo policy = new PolicyInfo(Pattern.quote(queue), 1, "queues", Map.of("max-length", messages));
        management().declarePolicy(address.virtualHost(), queue, policy);
    }

    public void unlimit(String queue) {
        management().deletePolicy(address.virtualHost(), queue);
    }

    /**
     * For publishing much. Returns when the broker has confirmed all of it: what a quorum queue has not confirmed when the
     * connection is closed, it may lose.
     */
    public void publishAll(Work<?> publishing) {
        with(channel -> {
            channel.confirmSelect();
            publishing.on(channel);
            try {
                channel.waitForConfirmsOrDie(CONFIRM_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException(e);
            } catch (TimeoutException e) {
                throw new IOException(NO_ANSWER, e);
            }
            return channel;
        });
    }

    /** For anything else. The channel is closed afterwards. */
    public <T> T with(Work<T> work) {
        try (Connection connection = connect();
                Channel channel = connection.createChannel()) {
            return work.on(channel);
        } catch (IOException | TimeoutException e) {
            throw new ServerException("RabbitMQ did not do it: see whether it runs and has that queue or exchange.", e);
        }
    }

    /** Something to do on a channel. */
    @FunctionalInterface
    public interface Work<T> {
        T on(Channel channel) throws IOException;
    }

    boolean answers() throws IOException {
        try (Connection connection = connect()) {
            return connection.isOpen();
        } catch (TimeoutException e) {
            return false;
        }
    }

    private static boolean answer(CompletableFuture<Boolean> confirmed) throws IOException {
        try {
            return confirmed.get(CONFIRM_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException(NO_ANSWER, e);
        }
    }

    private Connection connect() throws IOException, TimeoutException {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setHost("127.0.0.1");
        factory.setPort(address.port());
        factory.setVirtualHost(address.virtualHost());
        factory.setUsername(address.username());
        factory.setPassword(address.password());
        factory.setAutomaticRecoveryEnabled(false);
        factory.setConnectionTimeout(2000);
        return factory.newConnection("playground");
    }

    private Client management() {
        try {
            return new Client(new ClientParameters()
                    .url(address.managementUrl() + "/api/")
                    .username(address.username())
                    .password(address.password()));
        } catch (MalformedURLException | URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
