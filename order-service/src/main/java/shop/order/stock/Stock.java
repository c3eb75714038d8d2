package shop.order.stock;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import shop.events.ProductStockChanged;
import shop.messaging.Ids;
import shop.order.Events;
import shop.order.Now;
import shop.web.ProblemException;

/**
 * Takes units out of products' stock and puts them back, each time in the caller's transaction. Products are locked in
 * the order of their ids, so that nobody waits for each other.
 */
@Component
public class Stock {
    private final Products products;
    private final StockCache cache;
    private final Events events;

    Stock(Products products, StockCache cache, Events events) {
        this.products = products;
        this.cache = cache;
        this.events = events;
    }

    /**
     * Takes units of each product, or of none.
     *
     * @param quantities units by product
     * @return the products, by id
     * @throws ProblemException when a product is unknown (400) or has too few units (409); the transaction is to be
     *     rolled back
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public Map<UUID, Product> take(Map<UUID, Integer> quantities) {
        List<Products.Changed> changes = new ArrayList<>();
        new TreeMap<>(quantities)
                .forEach((product, quantity) ->
                        changes.add(products.take(product, quantity).orElseThrow(() -> problem(product))));
        tell(changes);
        Map<UUID, Product> taken = new TreeMap<>();
        changes.forEach(change -> taken.put(change.product().id(), change.product()));
        return taken;
    }

    /** Puts units of each product back. */
    @Transactional(propagation = Propagation.MANDATORY)
    public void giveBack(Map<UUID, Integer> quantities) {
        List<Products.Changed> changes = new ArrayList<>();
        new TreeMap<>(quantities).forEach((product, quantity) -> changes.add(products.giveBack(product, quantity)));
        tell(changes);
    }

    private ProblemException problem(UUID product) {
        return products.levels(List.of(product)).stream()
                .findFirst()
                .map(level -> new ProblemException(
                                HttpStatus.CONFLICT, "out-of-stock", "There are not enough units of a product.")
                        .with("product", product)
                        .with("available", level.available()))
                .orElseGet(() -> new ProblemException(
                                HttpStatus.BAD_REQUEST, "invalid-request", "There is no product " + product + ".")
                        .with("product", product));
    }

    private void tell(List<Products.Changed> changes) {
        if (changes.isEmpty()) {
            return;
        }
        Instant now = Now.instant();
        List<StockLevel> levels = changes.stream().map(Products.Changed::level).toList();
        events.publish(levels.stream()
                .map(level ->
                        new ProductStockChanged(Ids.next(), now, level.product(), level.available(), level.version()))
                .toList());
        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
            @Override
            public void afterCommit() {
                cache.offer(levels);
            }
        });
    }
}
