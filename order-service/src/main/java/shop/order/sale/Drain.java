package shop.order.sale;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.ImmediateRequeueAmqpException;
import org.springframework.amqp.core.BatchMessageListener;
import org.springframework.amqp.core.Message;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.RecoverableDataAccessException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.TransactionSystemException;
import shop.events.PurchaseCommand;
import shop.events.RecountCommand;
import shop.messaging.MessageJson;
import shop.messaging.UnprocessableMessageException;
import shop.messaging.publishing.ConfirmedPublisher;
import shop.messaging.publishing.Outcome;
import shop.messaging.publishing.Traces;
import shop.messaging.subscription.FailedMessage;
import shop.order.OrderTopology;
import shop.order.sale.Suspects.Standing;

/**
 * Takes purchases out of the capped queue, batch by batch. No message goes round through that queue again, where it
 * could meet a full one and be dropped: while the database is away, the batch waits here, unacknowledged. A batch that
 * fails for what is in it is done one by one, and what fails alone is parked and refused; so is what kills the process.
 */
@Component
class Drain implements BatchMessageListener {
    private static final Logger log = LoggerFactory.getLogger(Drain.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    private final Settling settling;
    private final Suspects suspects;
    private final MessageJson json;
    private final ConfirmedPublisher publisher;
    private final Traces traces;
    private final MeterRegistry metrics;
    private final DistributionSummary batches;
    private final CountDownLatch stopping = new CountDownLatch(1);

    Drain(
            Settling settling,
            Suspects suspects,
            MessageJson json,
            ConfirmedPublisher publisher,
            Traces traces,
            MeterRegistry metrics) {
        this.settling = settling;
        this.suspects = suspects;
        this.json = json;
        this.publisher = publisher;
        this.traces = traces;
        this.metrics = metrics;
        this.batches = DistributionSummary.builder("shop.sales.batch")
                .description("Messages taken out of the queue at a time")
                .register(metrics);
    }

    private record Queued(Message message, Command command) {}

    /**
     * Settles a batch. Once it returns, the container acknowledges all of it.
     *
     * @throws ImmediateRequeueAmqpException when the service stops before it could: the queue keeps the messages
     */
    @Override
    public void onMessageBatch(List<Message> messages) {
        batches.record(messages.size());
        Map<String, Standing> standings = standings(messages);
        List<Queued> company = new ArrayList<>();
        for (Message message : messages) {
            Standing standing = standings.isEmpty()
                    ? Standing.INNOCENT
                    : standings.getOrDefault(Suspects.digest(message), Standing.INNOCENT);
            if (standing != Standing.INNOCENT) { // what was queued before it comes before it
                settle(company);
                company.clear();
            }
            switch (standing) {
                case INNOCENT -> queued(message).ifPresent(company::add);
                case SUSPECT -> settleAlone(message);
                case GUILTY -> queued(message).ifPresent(this::giveUpKiller);
            }
        }
        settle(company);
    }

    private Map<String, Standing> standings(List<Message> messages) {
        List<String> again = Suspects.among(messages);
        return again.isEmpty() ? Map.of() : inPlace(() -> suspects.note(again));
    }

    /** What can be read; the rest is parked. */
    private Optional<Queued> queued(Message message) {
        try {
            return Optional.of(new Queued(message, read(message)));
        } catch (UnprocessableMessageException unreadable) {
            park(message, unreadable);
            acquit(message);
            return Optional.empty();
        }
    }

    private Command read(Message message) {
        String type = message.getMessageProperties().getType();
        if (PurchaseCommand.KEY.equals(type)) {
            return Command.Buy.of(json.read(message.getBody(), PurchaseCommand.class), Traces.of(message));
        }
        if (Command.Close.TYPE.equals(type)) {
            return json.read(message.getBody(), Command.Close.class);
        }
        if (RecountCommand.KEY.equals(type)) {
            return Command.Recount.of(json.read(message.getBody(), RecountCommand.class));
        }
        throw new UnprocessableMessageException("Nobody here handles the type " + type);
    }

    private void settleAlone(Message suspect) {
        inPlace(() -> suspects.isolate(Suspects.digest(suspect))); // even reading it may be what kills
        queued(suspect).ifPresent(queued -> settle(List.of(queued)));
    }

    private void giveUpKiller(Queued killer) {
        giveUp(killer, new UnprocessableMessageException("The process died when it had nothing but this in its hands"));
    }

    private void settle(List<Queued> batch) {
        if (batch.isEmpty()) {
            return;
        }
        List<Command> commands = batch.stream().map(Queued::command).toList();
        List<String> cleared =
                Suspects.among(batch.stream().map(Queued::message).toList());
        try {
            count(inPlace(() -> suspects.clear(cleared, () -> settling.settle(commands))));
        } catch (ImmediateRequeueAmqpException stopped) {
            throw stopped;
        } catch (RuntimeException failure) {
            if (batch.size() == 1) {
                giveUp(batch.get(0), failure);
            } else {
                log.warn(
                        "A batch of {} fails, now one by one: {}",
                        batch.size(),
                        cause(failure).toString());
                batch.forEach(one -> settle(List.of(one)));
            }
        }
    }

    private void giveUp(Queued queued, RuntimeException failure) {
        traces.resume("purchase.give-up", queued.message(), () -> {
            park(queued.message(), failure);
            if (queued.command() instanceof Command.Buy buy) {
                refuse(buy);
            }
            acquit(queued.message());
        });
    }

    private void refuse(Command.Buy buy) {
        try {
            count(inPlace(() -> settling.refuse(buy)));
        } catch (ImmediateRequeueAmqpException stopped) {
            throw stopped;
        } catch (RuntimeException again) {
            log.error("{} cannot even be refused; it is parked", buy, cause(again));
        }
    }

    /** It does not come again: it is in the parking lot. */
    private void acquit(Message message) {
        List<String> suspect = Suspects.among(List.of(message));
        if (!suspect.isEmpty()) {
            inPlace(() -> suspects.clear(suspect, () -> true));
        }
    }

    /** Tries again for as long as the database is away, or the transaction was merely unlucky. */
    private <T> T inPlace(Supplier<T> work) {
        Duration pause = FIRST_PAUSE;
        while (true) {
            try {
                return work.get();
            } catch (CannotCreateTransactionException
                    | TransactionSystemException // of a commit whose answer was lost: tickets with an outcome are left
                    | DataAccessResourceFailureException
                    | RecoverableDataAccessException
                    | TransientDataAccessException away) {
                log.warn("The database does not serve, purchases wait: {}", away.toString());
            }
            pause = waited(pause);
        }
    }

    /** Parks a copy, and returns when the broker has it. */
    private void park(Message message, RuntimeException failure) {
        Throwable cause = cause(failure);
        log.error("Parking {}", message.getMessageProperties().getMessageId(), cause);
        Message copy = FailedMessage.copy(message, OrderTopology.PURCHASES, 1, cause, Instant.now());
        Duration pause = FIRST_PAUSE;
        while (publisher
                        .publish(OrderTopology.REDELIVERY, OrderTopology.PARKED_PURCHASES, copy)
                        .join()
                != Outcome.CONFIRMED) {
            pause = waited(pause);
        }
        metrics.counter("shop.sales.parked").increment();
    }

    private Duration waited(Duration pause) {
        try {
            if (stopping.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new ImmediateRequeueAmqpException("The service stops; the queue keeps the batch");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ImmediateRequeueAmqpException(e);
        }
        Duration longer = pause.multipliedBy(2);
        return longer.compareTo(LONGEST_PAUSE) < 0 ? longer : LONGEST_PAUSE;
    }

    private void count(List<Purchase> outcomes) {
        for (Purchase outcome : outcomes) {
            Refusal refusal = outcome.refusal();
            String name = refusal == null
                    ? "ordered"
                    : refusal.name().toLowerCase(Locale.ROOT).replace('_', '-');
            metrics.counter("shop.sales.purchases", "outcome", name).increment();
        }
    }

    /**
     * What went wrong. The exceptions around it only repeat the statement; below an
     * {@link UnprocessableMessageException} is only the parser's. What is said may be logged and sent: the driver is
     * told to leave out the row that failed and the values of a batch, which are somebody's address
     * ({@code logServerErrorDetail}).
     */
    private static Throwable cause(RuntimeException failure) {
        return failure instanceof UnprocessableMessageException
                ? failure
                : NestedExceptionUtils.getMostSpecificCause(failure);
    }

    @EventListener(ContextClosedEvent.class)
    void stop() {
        stopping.countDown();
    }
}
