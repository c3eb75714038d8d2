package shop.playground.proxy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The frames of AMQP 0-9-1: type, channel, length, as many bytes, and an end. A method's bytes begin with its class and
 * its number.
 *
 * @see <a href="https://www.rabbitmq.com/resources/specs/amqp0-9-1.pdf">AMQP 0-9-1, 2.3.5</a>
 */
final class AmqpFrames implements Framing {

    static final int BASIC_PUBLISH = method(60, 40);
    static final int BASIC_DELIVER = method(60, 60);
    static final int BASIC_ACK = method(60, 80);
    static final int BASIC_NACK = method(60, 120);

    private static final int METHOD = 1;
    private static final int BODY = 3;
    private static final int HEAD_BYTES = 7;
    private static final int GREETING_BYTES = 8;

    private boolean begun;

    private static int method(int type, int number) {
        return type << 16 | number;
    }

    @Override
    public @Nullable Frame next(InputStream from, Direction direction) throws IOException {
        if (!begun && direction == Direction.TO_SERVER) {
            begun = true; // the client says which protocol it speaks, before the first frame
            byte[] greeting = from.readNBytes(GREETING_BYTES);
            return greeting.length < GREETING_BYTES ? null : new Frame(direction, 0, greeting);
        }
        byte[] head = from.readNBytes(HEAD_BYTES);
        if (head.length < HEAD_BYTES) {
            return null;
        }
        ByteBuffer fields = ByteBuffer.wrap(head);
        int channel = Short.toUnsignedInt(fields.getShort(1));
        int rest = fields.getInt(3) + 1; // the mark of its end, too
        byte[] frame = Arrays.copyOf(head, HEAD_BYTES + rest);
        return from.readNBytes(frame, HEAD_BYTES, rest) < rest ? null : new Frame(direction, channel, frame);
    }

    static boolean isMethod(Frame frame, int method) {
        return frame.channel() > 0
                && frame.bytes()[0] == METHOD
                && ByteBuffer.wrap(frame.bytes()).getInt(HEAD_BYTES) == method;
    }

    static boolean isBody(Frame frame) {
        return frame.channel() > 0 && frame.bytes()[0] == BODY;
    }
}
