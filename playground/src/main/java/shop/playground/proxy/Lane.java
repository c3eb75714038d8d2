package shop.playground.proxy;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/** One direction of one connection. What is held up holds up what follows it on its channel, and nothing else. */
final class Lane {

    private final Proxy proxy;
    private final Link link;
    private final Direction direction;
    private final Framing framing;
    private final Deque<Frame> waiting = new ArrayDeque<>();
    private final Set<Integer> heldChannels = new HashSet<>();
    private final AtomicInteger held = new AtomicInteger();

    Lane(Proxy proxy, Link link, Direction direction, Framing framing) {
        this.proxy = proxy;
        this.link = link;
        this.direction = direction;
        this.framing = framing;
    }

    /** Frames that match what is held, without those that merely follow. */
    int held() {
        return held.get();
    }

    /** Until the sender has ended it, in order; anything else breaks the connection on both sides. */
    void run(Socket from, Socket to) {
        try {
            for (Frame frame = framing.next(from.getInputStream(), direction);
                    frame != null;
                    frame = framing.next(from.getInputStream(), direction)) {
                pass(frame, to.getOutputStream());
            }
            if (complete()) {
                to.shutdownOutput();
                return;
            }
        } catch (IOException e) {
            // as when either side resets the connection, which the other is to see
        }
        link.cut();
    }

    private synchronized void pass(Frame frame, OutputStream to) throws IOException {
        proxy.count(frame);
        boolean matches = proxy.isHeld(frame);
        if (matches || heldChannels.contains(frame.channel())) {
            heldChannels.add(frame.channel());
            waiting.add(frame);
            if (matches) {
                held.incrementAndGet();
                proxy.changed();
            }
            return;
        }
        OptionalInt part = proxy.partOf(frame);
        to.write(frame.bytes(), 0, Math.min(part.orElse(Integer.MAX_VALUE), frame.bytes().length));
        if (part.isPresent()) {
            to.close(); // in an orderly way, since a reset may overtake what was sent
            throw new IOException("Cut on purpose");
        }
    }

    /** Lets go what is held, in its order. */
    synchronized void release(Socket to) throws IOException {
        for (Frame frame = waiting.poll(); frame != null; frame = waiting.poll()) {
            to.getOutputStream().write(frame.bytes());
        }
        heldChannels.clear();
        held.set(0);
    }

    /** Whether all of it was sent on. */
    private synchronized boolean complete() {
        return waiting.isEmpty();
    }
}
