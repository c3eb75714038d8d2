package shop.playground.proxy;

import java.nio.charset.StandardCharsets;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Some of what goes through a {@link Proxy}: those frames at which it acts. */
public final class Traffic {

    /** Whatever the client sends. */
    public static final Traffic TO_SERVER = new Traffic(frame -> frame.direction() == Direction.TO_SERVER);

    /** Whatever the server sends. */
    public static final Traffic TO_CLIENT = new Traffic(frame -> frame.direction() == Direction.TO_CLIENT);

    /** A message being published; by AMQP alone, as the following are. */
    public static final Traffic PUBLISHES = TO_SERVER.method(AmqpFrames.BASIC_PUBLISH);

    /** The body of a message being published. */
    public static final Traffic PUBLISHED_BODIES = TO_SERVER.and(AmqpFrames::isBody);

    /** The broker's no to publishes. */
    public static final Traffic NACKS = TO_CLIENT.method(AmqpFrames.BASIC_NACK);

    /** The broker's answers to publishes, be they yes or no. */
    public static final Traffic CONFIRMS =
            TO_CLIENT.method(AmqpFrames.BASIC_ACK).or(NACKS);

    /** A message on its way to a consumer. */
    public static final Traffic DELIVERIES = TO_CLIENT.method(AmqpFrames.BASIC_DELIVER);

    /** A consumer's word that it is done with messages. */
    public static final Traffic ACKS = TO_SERVER.method(AmqpFrames.BASIC_ACK);

    private final Predicate<Frame> which;

    private Traffic(Predicate<Frame> which) {
        this.which = which;
    }

    /** What the client sends with all of these ASCII texts in it, such as a statement of SQL; only where it comes in one piece. */
    public static Traffic saying(String... texts) {
        return TO_SERVER.and(frame -> {
            String bytes = new String(frame.bytes(), StandardCharsets.ISO_8859_1);
            return Stream.of(texts).allMatch(bytes::contains);
        });
    }

    boolean includes(Frame frame) {
        return which.test(frame);
    }

    private Traffic method(int method) {
        return and(frame -> AmqpFrames.isMethod(frame, method));
    }

    private Traffic and(Predicate<Frame> more) {
        return new Traffic(which.and(more));
    }

    private Traffic or(Traffic other) {
        return new Traffic(which.or(other.which));
    }
}
