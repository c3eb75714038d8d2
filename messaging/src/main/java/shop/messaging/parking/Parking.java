package shop.messaging.parking;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.GetResponse;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.amqp.rabbit.connection.RabbitUtils;
import org.springframework.amqp.rabbit.support.RabbitExceptionTranslator;
import shop.messaging.publishing.ConfirmedPublisher;
import shop.messaging.publishing.Outcome;
import shop.messaging.subscription.FailedMessage;
import shop.messaging.subscription.ParkingLot;

/**
 * The messages in parking lots. Whoever looks at them takes them without acknowledging and closes the channel: the
 * broker puts them back in their places. What one operator has in hand, another does not see for that moment.
 */
final class Parking {
    /**
     * Messages in hand while all are replayed; a message is acknowledged once its copy is confirmed. Fewer than the 32
     * acknowledgements that a quorum queue's client in the broker sends ahead: what it holds back is lost when the
     * channel closes, and the message replayed once more.
     */
    private static final int WINDOW = 25;

    private final ConnectionFactory connections;
    private final ConfirmedPublisher publisher;
    private final Duration remember;
    private final Clock clock;

    Parking(ConnectionFactory connections, ConfirmedPublisher publisher, Duration remember, Clock clock) {
        this.connections = connections;
        this.publisher = publisher;
        this.remember = remember;
        this.clock = clock;
    }

    long count(ParkingLot lot) {
        return onChannel(channel -> channel.messageCount(lot.getName()));
    }

    /** The oldest, so many of them. */
    List<ParkedMessage.Summary> list(ParkingLot lot, int limit) {
        return onChannel(channel -> {
            List<ParkedMessage.Summary> oldest = new ArrayList<>();
            ParkedMessage next;
            while (oldest.size() < limit && (next = take(channel, lot)) != null) {
                oldest.add(next.summary());
            }
            return oldest;
        });
    }

    Optional<ParkedMessage> find(ParkingLot lot, String id) {
        return onChannel(channel -> find(channel, lot, id).map(Found::message));
    }

    /** Empty where there is no such message. */
    Optional<Replay> replay(ParkingLot lot, String id, boolean force) {
        return onChannel(channel -> {
            Optional<Found> found = find(channel, lot, id);
            return found.isEmpty()
                    ? Optional.empty()
                    : Optional.of(replay(channel, lot, List.of(found.get().message()), force)
                            .of(found.get().parked()));
        });
    }

    /**
     * Replays what is there now; not what is parked again meanwhile. Ends early when the broker does not take a message:
     * it would not take those behind it either.
     */
    Replay replayAll(ParkingLot lot, boolean force) {
        return onChannel(channel -> {
            Replay done = Replay.NOTHING;
            ParkedMessage next = take(channel, lot);
            long parked = parked(next);
            long rest = parked;
            while (next != null && rest > 0 && done.unconfirmed() == 0) {
                List<ParkedMessage> window = new ArrayList<>();
                while (next != null && rest > 0 && window.size() < WINDOW) {
                    window.add(next);
                    rest--;
                    next = rest > 0 ? take(channel, lot) : null;
                }
                done = done.and(replay(channel, lot, window, force));
            }
            return done.of(parked);
        });
    }

    /** How many are left; empty where there is no such message. */
    Optional<Long> discard(ParkingLot lot, String id) {
        return onChannel(channel -> {
            Optional<Found> found = find(channel, lot, id);
            if (found.isPresent()) {
                channel.basicAck(found.get().message().deliveryTag(), false);
            }
            return found.map(one -> one.parked() - 1);
        });
    }

    /** How many there were. */
    int discardAll(ParkingLot lot) {
        return onChannel(channel -> channel.queuePurge(lot.getName()).getMessageCount());
    }

    private Replay replay(Channel channel, ParkingLot lot, List<ParkedMessage> window, boolean force)
            throws IOException {
        List<ParkedMessage> sent = window.stream()
                .filter(parked -> force || !forgotten(parked.since()))
                .toList();
        List<CompletableFuture<Outcome>> outcomes = publisher.onOneChannel(
                () -> sent.stream().map(parked -> publish(lot, parked)).toList());
        int replayed = 0;
        for (int i = 0; i < sent.size(); i++) {
            if (outcomes.get(i).join() == Outcome.CONFIRMED) {
                channel.basicAck(sent.get(i).deliveryTag(), false);
                replayed++;
            }
        }
        return new Replay(replayed, window.size() - sent.size(), sent.size() - replayed, 0);
    }

    private CompletableFuture<Outcome> publish(ParkingLot lot, ParkedMessage parked) {
        ParkingLot.WayBack back = lot.wayBack().orElseThrow();
        try {
            return publisher.publish(back.exchange(), back.routingKey(), FailedMessage.asNew(parked.message()));
        } catch (IllegalArgumentException neverToBeSent) { // and no reason to forget what was sent before it
            return CompletableFuture.completedFuture(Outcome.UNSENT);
        }
    }

    /** Whether its effect may have been done without anybody remembering. */
    private boolean forgotten(@Nullable Instant since) {
        return since != null && since.isBefore(clock.instant().minus(remember));
    }

    private static Optional<Found> find(Channel channel, ParkingLot lot, String id) throws IOException {
        ParkedMessage next = take(channel, lot);
        long parked = parked(next);
        while (next != null && !next.id().equals(id)) {
            next = take(channel, lot);
        }
        return next == null ? Optional.empty() : Optional.of(new Found(next, parked));
    }

    /** Exact, whereas the queue's own count lags behind for a moment after somebody has looked. */
    private static long parked(@Nullable ParkedMessage first) {
        return first == null ? 0 : first.behind() + 1;
    }

    private static @Nullable ParkedMessage take(Channel channel, ParkingLot lot) throws IOException {
        GetResponse taken = channel.basicGet(lot.getName(), false);
        return taken == null ? null : ParkedMessage.of(taken);
    }

    /** On a channel of its own: closing one of Spring's would keep it, and what was taken on it, for the next user. */
    private <T> T onChannel(Work<T> work) {
        Connection connection =
                Objects.requireNonNull(connections.createConnection().getDelegate());
        Channel channel = null;
        try {
            channel = connection.createChannel();
            T result = work.on(channel);
            channel.close(); // returns when the broker has what was acknowledged, and puts back the rest
            return result;
        } catch (IOException | TimeoutException | RuntimeException e) {
            RabbitUtils.closeChannel(channel);
            throw RabbitExceptionTranslator.convertRabbitAccessException(e);
        }
    }

    @FunctionalInterface
    private interface Work<T> {
        T on(Channel channel) throws IOException;
    }

    /**
     * A message, and how many were parked with it.
     *
     * @param parked itself included
     */
    private record Found(ParkedMessage message, long parked) {}

    /**
     * What became of messages that were to be replayed.
     *
     * @param replayed now in the queue in which they had failed, and no longer parked
     * @param tooOld still parked: nobody remembers whether they were handled
     * @param unconfirmed still parked: the broker did not take them, or none could
     * @param left how many of those that were parked still are
     */
    record Replay(int replayed, int tooOld, int unconfirmed, long left) {
        private static final Replay NOTHING = new Replay(0, 0, 0, 0);

        private Replay and(Replay more) {
            return new Replay(replayed + more.replayed, tooOld + more.tooOld, unconfirmed + more.unconfirmed, 0);
        }

        private Replay of(long parked) {
            return new Replay(replayed, tooOld, unconfirmed, parked - replayed);
        }
    }
}
