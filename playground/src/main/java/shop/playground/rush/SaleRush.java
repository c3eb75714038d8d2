package shop.playground.rush;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import shop.playground.client.Books;
import shop.playground.client.Buyer;
import shop.playground.client.Purchase;
import shop.playground.console.Progress;
import shop.playground.console.Screen;
import shop.playground.load.Errand;
import shop.playground.load.Load;
import shop.playground.load.Measured;
import shop.playground.load.Reply;
import shop.playground.load.Request;

/** A crowd that wants the same: everybody clicks until the answer is definite, then asks what became of their ticket. */
public final class SaleRush {

    /** For so long without a definite answer to anybody they go on. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final int NOTE_EVERY = 500;

    private final Load clicks;
    private final Load tickets;
    private final Screen screen;
    private volatile boolean stopped;

    private SaleRush(Load clicks, Load tickets, Screen screen) {
        this.clicks = clicks;
        this.tickets = tickets;
        this.screen = screen;
    }

    /** So many clicks are under way at a time; see {@link Load#closed}. */
    public static SaleRush closed(List<URI> gateways, int connections, Screen screen) {
        return new SaleRush(Load.closed(gateways, connections), Load.closed(gateways, connections), screen);
    }

    /** So many clicks a second; see {@link Load#open}. */
    static SaleRush open(List<URI> gateways, int connections, double rate, Screen screen) {
        return new SaleRush(Load.open(gateways, connections, rate), Load.closed(gateways, connections), screen);
    }

    /**
     * What the buyers saw.
     *
     * @param accepted buyers who were told 202
     * @param accepting from the first click to the last of these
     * @param clicks all answers to clicks
     */
    public record Result(Books books, int accepted, Duration accepting, Measured clicks) {}

    /** Returns when every buyer's purchase is settled, or nothing has moved for a minute, or after {@link #stop}. */
    public Result run(String sale, List<Buyer> buyers) {
        List<Purchase> purchases =
                buyers.stream().map(buyer -> new Purchase(sale, buyer)).toList();
        Crowd clicking = new Crowd("buyers click", purchases, Purchase::click);
        Measured answers = clicking.run(clicks);
        List<Purchase> waiting = purchases.stream()
                .filter(purchase -> purchase.clicked() && !purchase.settled())
                .toList();
        if (!waiting.isEmpty() && !stopped) {
            new Crowd("tickets are settled", waiting, Purchase::follow).run(tickets);
        }
        return new Result(
                Books.of(purchases.stream().map(Purchase::outcome).toList()),
                (int) purchases.stream().filter(Purchase::accepted).count(),
                Duration.ofNanos(clicking.lastAccepted - clicking.begin),
                answers);
    }

    /** What was not settled by then stays so. Any thread may call it. */
    void stop() {
        stopped = true;
        clicks.stop();
        tickets.stop();
    }

    /** All of them at one step, watched. */
    private final class Crowd {

        private final String task;
        private final List<Purchase> all;
        private final Function<Purchase, Errand> step;
        private final long begin = System.nanoTime();
        private long lastAccepted = begin;
        private long lastOver = begin;
        private int answers;

        Crowd(String task, List<Purchase> all, Function<Purchase, Errand> step) {
            this.task = task;
            this.all = all;
            this.step = step;
        }

        Measured run(Load load) {
            try (Progress progress = screen.countdown(task, all.size())) {
                return load.run(all.stream()
                        .map(purchase -> watched(purchase, progress))
                        .iterator());
            }
        }

        private Errand watched(Purchase purchase, Progress progress) {
            Errand errand = step.apply(purchase);
            return new Errand() {
                @Override
                public Request request() {
                    return errand.request();
                }

                @Override
                public Optional<Duration> heard(Reply reply) {
                    if (++answers % NOTE_EVERY == 0) {
                        progress.note(String.format(Locale.ROOT, "%,d answers", answers));
                    }
                    return watch(errand.heard(reply));
                }

                @Override
                public Optional<Duration> unheard() {
                    return watch(errand.unheard());
                }

                private Optional<Duration> watch(Optional<Duration> pause) {
                    long now = System.nanoTime();
                    if (pause.isPresent()) {
                        return now - lastOver < PATIENCE.toNanos() ? pause : OVER;
                    }
                    lastOver = now;
                    if (purchase.accepted()) {
                        lastAccepted = now;
                    }
                    progress.step();
                    return OVER;
                }
            };
        }
    }
}
