package shop.messaging.topology;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.AmqpException;
import org.springframework.amqp.core.MessageListenerContainer;
import org.springframework.amqp.rabbit.core.RabbitAdmin;
import org.springframework.amqp.rabbit.listener.RabbitListenerEndpointRegistry;
import org.springframework.context.SmartLifecycle;

/** Keeps consumers off queues that are not as they should be, and lets them on when somebody has mended those. */
final class ConsumerGate implements SmartLifecycle {
    private static final Logger log = LoggerFactory.getLogger(ConsumerGate.class);
    private static final Duration LOOK = Duration.ofSeconds(1);

    private final TopologyCheck check;
    private final RabbitAdmin broker;
    private final RabbitListenerEndpointRegistry consumers;
    private final Pauses pauses;
    private final Duration checkAgain;
    private final Set<String> held = new HashSet<>();

    private volatile ScheduledThreadPoolExecutor thread = stopped();

    ConsumerGate(
            TopologyCheck check,
            RabbitAdmin broker,
            RabbitListenerEndpointRegistry consumers,
            Pauses pauses,
            Duration checkAgain) {
        this.check = check;
        this.broker = broker;
        this.consumers = consumers;
        this.pauses = pauses;
        this.checkAgain = checkAgain;
    }

    @Override
    public void start() {
        thread = new ScheduledThreadPoolExecutor(1, work -> {
            Thread daemon = new Thread(work, "topology");
            daemon.setDaemon(true);
            return daemon;
        });
        var unused = thread.scheduleWithFixedDelay(lasting(this::look), 0, LOOK.toMillis(), TimeUnit.MILLISECONDS);
        var unusedToo = thread.scheduleWithFixedDelay(
                lasting(this::checkAgain), checkAgain.toMillis(), checkAgain.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** A failure that leaves periodic work would be its end. */
    private static Runnable lasting(Runnable work) {
        return () -> {
            try {
                work.run();
            } catch (RuntimeException e) {
                log.warn("The topology could not be looked after, trying again", e);
            }
        };
    }

    private void look() {
        Set<String> wrong = check.mismatches().stream().map(Mismatch::name).collect(Collectors.toSet());
        for (String queue : wrong) {
            MessageListenerContainer consumer = consumers.getListenerContainer(queue);
            if (consumer != null && consumer.isRunning()) {
                log.warn("Not consuming from {} until it is as it should be", queue);
                consumer.stop();
                held.add(queue);
            }
        }
        held.removeIf(queue -> !wrong.contains(queue) && !pauses.pauses(queue) && started(queue));
    }

    private boolean started(String queue) {
        MessageListenerContainer consumer = consumers.getListenerContainer(queue);
        if (consumer != null) {
            consumer.start();
        }
        return true;
    }

    /** A connection that lasts is no occasion to declare anything. */
    private void checkAgain() {
        if (!check.mismatches().isEmpty()) {
            try {
                broker.initialize();
            } catch (AmqpException away) {
                log.debug("The topology is declared when the broker is back", away);
            }
        }
    }

    @Override
    public void stop() {
        thread.shutdownNow();
    }

    @Override
    public boolean isRunning() {
        return !thread.isShutdown();
    }

    private static ScheduledThreadPoolExecutor stopped() {
        ScheduledThreadPoolExecutor thread = new ScheduledThreadPoolExecutor(0);
        thread.shutdown();
        return thread;
    }
}
