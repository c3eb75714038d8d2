package shop.playground.console;

/** How far something has come. Any thread may step. */
public interface Progress extends AutoCloseable {

    void step();

    /** Says what it is about right now. */
    void note(String message);

    @Override
    void close();
}
