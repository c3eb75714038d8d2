package shop.order.ordering;

import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import org.springframework.http.HttpStatus;
import shop.web.ProblemException;

/** What somebody sends to order. */
@Schema(example = OrderRequest.EXAMPLE)
record OrderRequest(@NotNull @Size(min = 1, max = 20) List<@NotNull @Valid Wanted> lines) {
    static final String EXAMPLE = """
            {"lines": [{"product": "01890000-0000-7000-8000-000000000001", "quantity": 1},
                       {"product": "01890000-0000-7000-8000-000000000002", "quantity": 2}]}""";

    record Wanted(@NotNull UUID product, @Min(1) @Max(100) int quantity) {}

    /**
     * Units by product.
     *
     * @throws ProblemException when a product comes twice
     */
    Map<UUID, Integer> quantities() {
        Map<UUID, Integer> quantities = new TreeMap<>();
        for (Wanted line : lines) {
            if (quantities.put(line.product(), line.quantity()) != null) {
                throw new ProblemException(
                                HttpStatus.BAD_REQUEST, "invalid-request", "A product may come once in an order.")
                        .with("product", line.product());
            }
        }
        return quantities;
    }

    /** Tells this request from others: the same for the same lines, however the JSON was written. */
    byte[] hash() {
        String canonical = lines.stream()
                .map(line -> line.product() + "*" + line.quantity())
                .collect(Collectors.joining("\n"));
        try {
            return MessageDigest.getInstance("SHA-256").digest(canonical.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java has it
        }
    }
}
