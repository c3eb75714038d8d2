package shop.benchmarks;

import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import shop.playground.shop.TokenMint;

/**
 * Many buyers, each with a token that verifies.
 *
 * @param buyers who they are, in the order of their tokens
 * @param mint where the tokens are from
 */
record Crowd(List<UUID> buyers, List<String> tokens, TokenMint mint) {

    static Crowd of(int number) {
        TokenMint mint = TokenMint.withNewKey();
        List<UUID> buyers = Stream.generate(UUID::randomUUID).limit(number).toList();
        return new Crowd(buyers, buyers.parallelStream().map(mint::customer).toList(), mint);
    }
}
