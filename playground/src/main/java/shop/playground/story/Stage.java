package shop.playground.story;

/** Whoever started the shop, as far as the story needs them. Both return when it is done, and throw a {@link StoryException} where it cannot be done. */
public interface Stage {

    void stop(String service);

    void start(String service);
}
