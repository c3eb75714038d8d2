package shop.order.stock;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import shop.events.Money;

@RestController
@RequestMapping(produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "3 Products")
final class ProductController {
    private final Products products;
    private final StockCache cache;

    /** Names and prices change with a release at most. */
    private final LoadingCache<String, List<Product>> catalogue;

    ProductController(Products products, StockCache cache) {
        this.products = products;
        this.cache = cache;
        this.catalogue =
                Caffeine.newBuilder().expireAfterWrite(Duration.ofMinutes(1)).build(all -> products.all());
    }

    record ProductList(List<Offer> products) {}

    record Offer(UUID id, String name, Money price, int available) {}

    @GetMapping("/products")
    @Operation(summary = "What there is to buy")
    ProductList list() {
        List<Product> all = catalogue.get("all");
        Map<UUID, Integer> available = available(all.stream().map(Product::id).toList());
        return new ProductList(all.stream()
                .map(product -> new Offer(
                        product.id(), product.name(), product.price(), available.getOrDefault(product.id(), 0)))
                .toList());
    }

    private Map<UUID, Integer> available(List<UUID> ids) {
        Map<UUID, Integer> available = new HashMap<>();
        cache.read(ids).forEach(level -> available.put(level.product(), level.available()));
        List<UUID> missing =
                ids.stream().filter(id -> !available.containsKey(id)).toList();
        if (!missing.isEmpty()) {
            List<StockLevel> levels = products.levels(missing);
            levels.forEach(level -> available.put(level.product(), level.available()));
            cache.offer(levels);
        }
        return available;
    }
}
