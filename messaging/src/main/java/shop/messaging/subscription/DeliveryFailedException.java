package shop.messaging.subscription;

import com.rabbitmq.client.Channel;
import org.jspecify.annotations.Nullable;

/** Carries what a delivery failed with out of the listener, and the channel by which the message came. */
final class DeliveryFailedException extends RuntimeException {
    private final transient @Nullable Channel channel;

    DeliveryFailedException(@Nullable Channel channel, RuntimeException cause) {
        super(cause.toString(), cause);
        this.channel = channel;
    }

    /** Whether the channel is closed meanwhile: nobody can acknowledge the message, and the broker delivers it again. */
    static boolean channelLost(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof DeliveryFailedException failed && failed.channel != null) {
                return !failed.channel.isOpen();
            }
        }
        return false;
    }
}
