package shop.messaging.publishing;

import com.rabbitmq.client.BlockedListener;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.rabbit.connection.Connection;
import org.springframework.amqp.rabbit.connection.ConnectionListener;

/**
 * Whether the broker has stopped reading from the connection, for want of memory or disk. What is written nevertheless
 * waits in the socket: each repetition would arrive in the end, and when the socket is full, whoever writes hangs.
 *
 * @see <a href="https://www.rabbitmq.com/docs/connection-blocked">Blocked connections</a>
 */
final class Alarm implements ConnectionListener, BlockedListener {
    private static final Logger log = LoggerFactory.getLogger(Alarm.class);

    private volatile boolean on;

    boolean isOn() {
        return on;
    }

    @Override
    public void onCreate(@Nullable Connection created) {
        on = false; // the broker says it again to whoever publishes
        if (created != null) {
            created.addBlockedListener(this);
        }
    }

    @Override
    public void handleBlocked(String reason) {
        log.warn("The broker takes no messages: {}", reason);
        on = true;
    }

    @Override
    public void handleUnblocked() {
        log.info("The broker takes messages again");
        on = false;
    }
}
