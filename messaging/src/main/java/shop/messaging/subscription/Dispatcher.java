package shop.messaging.subscription;

import com.rabbitmq.client.Channel;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageProperties;
import org.springframework.amqp.rabbit.listener.api.ChannelAwareMessageListener;
import shop.messaging.MessageJson;
import shop.messaging.UnprocessableMessageException;

/** Hands each message to the handler of its type. */
final class Dispatcher implements ChannelAwareMessageListener {
    private final Subscription subscription;
    private final MessageJson json;
    private final @Nullable Breaker breaker;

    Dispatcher(Subscription subscription, MessageJson json, @Nullable Breaker breaker) {
        this.subscription = subscription;
        this.json = json;
        this.breaker = breaker;
    }

    @Override
    public void onMessage(Message message, @Nullable Channel channel) {
        try {
            dispatch(message);
        } catch (RuntimeException e) {
            throw new DeliveryFailedException(channel, e);
        }
    }

    private void dispatch(Message message) {
        MessageProperties properties = message.getMessageProperties();
        String type = properties.getType();
        if (type == null) {
            throw new UnprocessableMessageException("The message has no type");
        }
        Subscription.Route<?> route = subscription.route(type);
        if (route == null) {
            throw new UnprocessableMessageException("Nobody here handles the type " + type);
        }
        dispatch(route, message.getBody(), properties.getMessageId());
    }

    private <T> void dispatch(Subscription.Route<T> route, byte[] body, @Nullable String messageId) {
        T content = json.read(body, route.type());
        BooleanSupplier work = work(messageId, () -> handle(route, content));
        if (breaker == null) {
            boolean unused = work.getAsBoolean();
        } else {
            breaker.run(work);
        }
    }

    /** Tells whether the handler was called. */
    private BooleanSupplier work(@Nullable String messageId, Runnable handling) {
        Once once = subscription.once();
        if (once == null) {
            return () -> {
                handling.run();
                return true;
            };
        }
        if (messageId == null) {
            throw new UnprocessableMessageException("The message has no id to know a repetition by");
        }
        return () -> once.once(subscription.queue(), messageId, handling);
    }

    private static <T> void handle(Subscription.Route<T> route, T content) {
        try {
            route.handler().on(content);
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new HandlingFailedException(e);
        }
    }

    /** Carries a handler's checked exception out of the listener. */
    private static final class HandlingFailedException extends RuntimeException {
        private HandlingFailedException(Exception cause) {
            super(cause.toString(), cause);
        }
    }
}
