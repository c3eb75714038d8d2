package shop.benchmarks;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import shop.playground.client.Buyer;
import shop.playground.client.Eventually;
import shop.playground.client.Purchase;
import shop.playground.load.Load;
import shop.playground.shop.Service;

/**
 * Purchases that are queued while the order service may do nothing, and then ordered. They are really bought at the
 * gateway: each has its ticket in Redis, and the gateway settles it when it hears of the order.
 */
final class DrainRun {
    private static final int CONNECTIONS = 64;
    private static final String WAITING_FOR_PAYMENT = "order.payment-window.";

    private final DeliveredShop shop;

    DrainRun(DeliveredShop shop) {
        this.shop = shop;
    }

    /**
     * What became of a sale.
     *
     * @param processors the seconds that each process was on one, until the last ticket was settled
     */
    record Drained(UUID sale, SaleClock.Seen seen, Map<String, Double> processors) {}

    Drained drain(int purchases) {
        return drain(purchases, sale -> {});
    }

    /** The same, but the gateway stands still until all are ordered: so it takes nothing from those who order. */
    Drained drainUnheard(int purchases) {
        Service gateway = shop.shop().service(DeliveredShop.GATEWAY);
        return drain(purchases, sale -> {
            gateway.freeze();
            var unused = CompletableFuture.runAsync(() -> Eventually.ask(() -> shop.left(sale), left -> left == 0))
                    .whenComplete((nothing, failure) -> gateway.thaw());
        });
    }

    private Drained drain(int purchases, Consumer<UUID> whenQueued) {
        UUID sale = shop.openSale(purchases);
        CompletableFuture<SaleClock.Seen> clock = SaleClock.watch(shop, sale, purchases);
        ProcessorTime before = shop.whileHeld(sale, () -> {
            buy(sale, shop.buyers().subList(0, purchases));
            whenQueued.accept(sale);
            return ProcessorTime.of(shop.shop());
        });
        SaleClock.Seen seen = clock.join();
        Map<String, Double> processors = ProcessorTime.of(shop.shop()).since(before);
        forgetPayments();
        return new Drained(sale, seen, processors);
    }

    private void buy(UUID sale, List<Buyer> buyers) {
        List<Purchase> purchases = buyers.stream()
                .map(buyer -> new Purchase(sale.toString(), buyer))
                .toList();
        Load.closed(List.of(shop.shop().gateway()), CONNECTIONS)
                .run(purchases.stream().map(Purchase::click).iterator());
        long accepted = purchases.stream().filter(Purchase::accepted).count();
        if (accepted != buyers.size()) {
            throw new IllegalStateException("%,d of %,d purchases are queued".formatted(accepted, buyers.size()));
        }
    }

    /** What waits for its time to be paid would fill the broker's memory from one measurement to the next. */
    private void forgetPayments() {
        var broker = shop.shop().rabbitMq().broker();
        broker.queues().stream()
                .map(queue -> queue.getName())
                .filter(name -> name.startsWith(WAITING_FOR_PAYMENT))
                .forEach(broker::purge);
    }
}
