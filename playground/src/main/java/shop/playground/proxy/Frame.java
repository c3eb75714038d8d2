package shop.playground.proxy;

/**
 * A piece of what goes through a {@link Proxy}: a frame of AMQP 0-9-1, or as many bytes as came at once.
 *
 * @param channel the AMQP channel; 0 for heartbeats, what concerns the connection, and other protocols
 * @param bytes all of them, as they are sent on
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Frame(Direction direction, int channel, byte[] bytes) {}
