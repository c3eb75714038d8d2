package shop.benchmarks;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import shop.playground.client.Balance;
import shop.playground.client.Books;
import shop.playground.client.Buyer;
import shop.playground.client.Eventually;
import shop.playground.console.Screen;
import shop.playground.load.Measured;
import shop.playground.rush.SaleRush;

/** A rush on the whole shop. */
@Command(name = "whole", description = "A crowd in the flash sale of the whole shop, everything on.")
final class WholeCommand implements Callable<Integer> {

    @Option(names = "--buyers", defaultValue = "50000", description = "How many come (${DEFAULT-VALUE}).")
    private int buyers;

    @Option(
            names = "--units",
            defaultValue = "10000",
            description = "How many of them can get one; fewer than come (${DEFAULT-VALUE}).")
    private int units;

    @Option(
            names = "--connections",
            defaultValue = "64",
            description = "So many requests are under way at a time (${DEFAULT-VALUE}).")
    private int connections;

    @Option(
            names = "--repetitions",
            defaultValue = "3",
            description = "Rushes that are measured, after one for the compiler (${DEFAULT-VALUE}).")
    private int repetitions;

    private final Screen screen = Screen.standard();
    private final Map<String, Column> rows = new LinkedHashMap<>();

    private record Column(int decimals, Figures figures) {}

    @Override
    public Integer call() throws Exception {
        Crowd crowd = Crowd.of(buyers);
        try (DeliveredShop shop = DeliveredShop.start(DeliveredShop.settings(crowd), crowd)) {
            screen.title("The whole shop: %,d buyers on %,d units, over %d connections, each asking until it knows"
                    .formatted(buyers, units, connections));
            shop.tellSettings(screen);
            rush(shop);
            rows.clear();
            for (int repetition = 1; repetition <= repetitions; repetition++) {
                rush(shop);
                screen.say("repetition %d of %d is done".formatted(repetition, repetitions));
            }
            table();
            return 0;
        }
    }

    private void rush(DeliveredShop shop) {
        UUID sale = shop.openSale(units);
        ProcessorTime before = ProcessorTime.of(shop.shop());
        CompletableFuture<SaleClock.Seen> clock = SaleClock.watch(shop, sale, units);
        long begun = System.nanoTime();
        SaleRush.Result result = come(shop, sale, shop.buyers());
        long everybodyKnows = System.nanoTime();
        SaleClock.Seen seen = clock.join();
        Map<String, Double> processors = ProcessorTime.of(shop.shop()).since(before);
        requireBalance(shop, sale, result.books());

        Measured clicks = result.clicks();
        double limit = turnedAway(shop);
        Books books = result.books();
        row("accepted: 202", 0, result.accepted());
        row("sold out: 410", 0, books.soldOut());
        row("refused after all", 0, books.refused());
        row("times shed: 503, queue full", 0, books.shed());
        row("times spoken for: 503, no unit without a ticket", 0, books.taken());
        row("times unsure or away: 503", 0, books.unconfirmed() + books.away());
        row("errors: no answer", 0, (double) clicks.errors());
        row("clicks answered a second", 0, clicks.rate());
        row("limit: a crowd that comes too late, a second", 0, limit);
        row("reached of that limit", 2, clicks.rate() / limit);
        row("p50, ms", 1, clicks.percentile(50).toNanos() / 1e6);
        row("p99, ms", 1, clicks.percentile(99).toNanos() / 1e6);
        row("p99.9, ms", 1, clicks.percentile(99.9).toNanos() / 1e6);
        row("orders a second, first click to last order", 0, units / ((seen.ordered() - begun) / 1e9));
        row("s to the last order in the database", 1, (seen.ordered() - begun) / 1e9);
        row("s to the last settled ticket", 1, (seen.settled() - begun) / 1e9);
        row("s until every buyer knows", 1, (everybodyKnows - begun) / 1e9);
        processors.forEach((name, seconds) -> row("processor seconds: " + name, 1, seconds));
    }

    /** Answers a second to those who come when the only unit of a sale is sold: none of them has a ticket. */
    private double turnedAway(DeliveredShop shop) {
        UUID sale = shop.openSale(1);
        come(shop, sale, shop.buyers().subList(0, 1));
        return come(shop, sale, shop.buyers().subList(1, buyers)).clicks().rate();
    }

    private SaleRush.Result come(DeliveredShop shop, UUID sale, List<Buyer> some) {
        return SaleRush.closed(List.of(shop.shop().gateway()), connections, Screen.silent())
                .run(sale.toString(), some);
    }

    private static void requireBalance(DeliveredShop shop, UUID sale, Books books) {
        Balance balance = Eventually.ask(() -> shop.operator().balance(sale.toString()), Balance::addsUp);
        if (!books.everybodyKnows() || !books.noOrderTwice() || !books.agreeWith(balance) || balance.left() != 0) {
            throw new IllegalStateException("The books do not balance: %s, %s".formatted(books, balance));
        }
    }

    private void row(String name, int decimals, double figure) {
        rows.computeIfAbsent(name, key -> new Column(decimals, new Figures()))
                .figures()
                .add(figure);
    }

    private void table() {
        screen.say("");
        screen.say("|                                                      |    median |       least .. most    |");
        screen.say("|------------------------------------------------------|----------:|-----------------------:|");
        rows.forEach((name, column) ->
                screen.say("| %-52s %s |".formatted(name, column.figures().columns(column.decimals()))));
        screen.say("");
        screen.say("Each time: everybody has an answer, left + orders = allotment, and no order belongs to two.");
    }
}
