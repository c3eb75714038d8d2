package shop.playground.servers;

import java.util.OptionalLong;

/**
 * A server in a process or container of its own, that tests break on purpose. It comes back on the same port and with the
 * data that had reached the disk.
 */
public abstract class BreakableServer implements Server {

    private final Breakable body;

    BreakableServer(Breakable body) {
        this.body = body;
    }

    @Override
    public final void start() {
        body.start();
    }

    @Override
    public final void stop() {
        body.stop();
    }

    @Override
    public final boolean isRunning() {
        return body.isRunning();
    }

    @Override
    public void close() {
        body.close();
    }

    /** Ends it without a warning, as {@code kill -9} or a power cut does. */
    public final void kill() {
        body.kill();
    }

    /** Stops it from doing anything while its connections stay open, until {@link #thaw()}. */
    public final void freeze() {
        body.freeze();
    }

    public final void thaw() {
        body.thaw();
    }

    /** Makes its next start the first one, without any data. Only where it does not run. */
    public final void wipe() {
        body.wipe();
    }

    /** Its process; empty while it does not run, and in a container. */
    public final OptionalLong pid() {
        return body.pid();
    }
}
