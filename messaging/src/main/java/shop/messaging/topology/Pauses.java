package shop.messaging.topology;

/** Which consumers somebody has stopped for a while for a reason of their own. */
@FunctionalInterface
public interface Pauses {

    boolean pauses(String queue);
}
