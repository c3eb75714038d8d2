package shop.playground.servers;

import java.util.OptionalLong;

/** What can be done to a process, or to a container, to see how others take it. */
interface Breakable {

    void start();

    void stop();

    boolean isRunning();

    void close();

    /** As {@code kill -9}. */
    void kill();

    /** As {@code SIGSTOP}: it accepts connections, but never answers. */
    void freeze();

    void thaw();

    /** Deletes the data of a server that does not run: its next start is its first. */
    void wipe();

    /** Empty while it does not run, and for containers. */
    OptionalLong pid();
}
