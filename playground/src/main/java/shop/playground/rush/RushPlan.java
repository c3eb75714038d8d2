package shop.playground.rush;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a rush shall be.
 *
 * @param connections how many clicks are under way at a time, at the most
 * @param rate clicks a second; 0: each connection's next click follows its last answer
 * @param product its id or name; what there is most of if not given
 * @param accounts where buyers are kept for the next rush
 */
public record RushPlan(
        int buyers,
        int units,
        List<URI> gateways,
        URI orders,
        int connections,
        double rate,
        @Nullable String product,
        Path accounts) {}
