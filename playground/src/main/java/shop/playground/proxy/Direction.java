package shop.playground.proxy;

/** Which way something goes through a {@link Proxy}. */
enum Direction {
    TO_SERVER,
    TO_CLIENT
}
