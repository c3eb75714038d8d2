package shop.playground.story;

import shop.playground.client.UnexpectedException;

/** Whoever started the shop, as far as the story needs them. Both return when it is done, and throw a {@link UnexpectedException} where it cannot be done. */
public interface Stage {

    void stop(String service);

    void start(String service);
}
