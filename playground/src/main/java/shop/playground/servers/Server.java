package shop.playground.servers;

import java.util.Map;

/** Something that the shop's services need, and that can be away for a while and come back at the same address. */
public interface Server extends AutoCloseable {

    /** Returns when the server answers; does nothing where it already runs. */
    void start();

    /** Ends in an orderly way, keeping the port and the data for the next start. */
    void stop();

    boolean isRunning();

    /** Ends at once, for good, and forgets the data. */
    @Override
    void close();

    /** The configuration by which a service finds it, by Spring Boot's names or the shop's. */
    Map<String, String> properties();
}
