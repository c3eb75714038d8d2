package shop.playground.proxy;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** How the bytes of one direction of one connection fall into pieces. */
@FunctionalInterface
interface Framing {

    /** The next piece; null where the stream has ended. */
    @Nullable
    Frame next(InputStream from, Direction direction) throws IOException;

    /** As they come. */
    static Framing plain() {
        byte[] buffer = new byte[16 * 1024];
        return (from, direction) -> {
            int length = from.read(buffer);
            return length < 0 ? null : new Frame(direction, 0, Arrays.copyOf(buffer, length));
        };
    }
}
