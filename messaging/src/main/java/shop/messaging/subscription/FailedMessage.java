package shop.messaging.subscription;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.util.Map;
import java.util.stream.Collectors;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageBuilder;
import org.springframework.amqp.core.MessageDeliveryMode;

/** A message whose work failed: with its history in its headers, for a retry queue or a parking lot, and without. */
public final class FailedMessage {
    private static final int STACK_LINES = 12;
    private static final int LINE_LENGTH = 500;

    private FailedMessage() {}

    /**
     * Copies a message and notes its failure in {@link FailureHeaders}.
     *
     * @param origin the queue from which it came
     * @param attempts how many deliveries failed so far, this one included
     * @param cause what went wrong; it is shortened, and the causes below it are left to the log
     */
    public static Message copy(Message message, String origin, int attempts, Throwable cause, Instant now) {
        return MessageBuilder.fromMessage(copy(message))
                .setHeader(FailureHeaders.ATTEMPTS, attempts)
                .setHeader(FailureHeaders.REASON, shortened(cause.toString()))
                .setHeader(FailureHeaders.STACK, stack(cause))
                .setHeaderIfAbsent(FailureHeaders.FIRST_FAILED_AT, now.toString())
                .setHeader(FailureHeaders.LAST_FAILED_AT, now.toString())
                .setHeaderIfAbsent(FailureHeaders.ORIGIN, origin)
                .build();
    }

    /** Copies a message with the history it has, to be published once more. */
    static Message copy(Message message) {
        Message copy = MessageBuilder.fromClonedMessage(message)
                .setDeliveryMode(MessageDeliveryMode.PERSISTENT)
                .build();
        // The broker's own record of dead-lettering, sent back by a client, makes RabbitMQ 3.x see a cycle and drop
        // the message when its waiting time ends: https://www.rabbitmq.com/docs/dlx#automatic-dead-lettering-cycles
        copy.getMessageProperties().setExpiration(null); // its sender's wish must not empty a parking lot
        copy.getMessageProperties().getHeaders().keySet().removeIf(FailedMessage::brokersHeader);
        return copy;
    }

    /** Copies a parked message without its history, so that all its tries are before it again. */
    public static Message asNew(Message parked) {
        Message copy = MessageBuilder.fromClonedMessage(parked)
                .setDeliveryMode(MessageDeliveryMode.PERSISTENT)
                .build();
        Map<String, Object> headers = copy.getMessageProperties().getHeaders();
        headers.keySet().removeIf(name -> brokersHeader(name) || FailureHeaders.HISTORY.contains(name));
        headers.merge(FailureHeaders.REPLAYED, 1, (before, one) -> before instanceof Integer times ? times + 1 : one);
        return copy;
    }

    /** What the broker writes into a message, or routes by besides the routing key. */
    private static boolean brokersHeader(String name) {
        return name.equals("CC")
                || name.equals("BCC")
                || name.equals("x-death")
                || name.startsWith("x-first-death-")
                || name.startsWith("x-last-death-")
                || name.equals("x-delivery-count");
    }

    private static String stack(Throwable cause) {
        StringWriter stack = new StringWriter();
        cause.printStackTrace(new PrintWriter(stack));
        return stack.toString()
                .lines()
                .limit(STACK_LINES)
                .map(FailedMessage::shortened)
                .collect(Collectors.joining("\n"));
    }

    private static String shortened(String text) {
        return text.length() <= LINE_LENGTH ? text : text.substring(0, LINE_LENGTH) + "…";
    }
}
