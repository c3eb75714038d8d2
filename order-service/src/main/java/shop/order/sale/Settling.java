package shop.order.sale;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;
import shop.events.Event;
import shop.events.OrderedTicket;
import shop.events.PurchasesOrdered;
import shop.events.SaleCounted;
import shop.events.SalesListed;
import shop.messaging.Ids;
import shop.order.Events;
import shop.order.Now;
import shop.order.customer.Customer;
import shop.order.customer.Customers;
import shop.order.ordering.Order;
import shop.order.ordering.Orders;
import shop.order.ordering.OrdersProperties;
import shop.order.stock.Stock;

/**
 * Gives every ticket its one outcome, a batch in one transaction. The sales are locked first, in the order of their ids:
 * from then on nobody else takes a unit of them, gives one back, or cancels an order of theirs, so that what is read
 * here stays true. Products come after sales, as they do when an order is cancelled.
 */
@Component
class Settling {
    private static final Logger log = LoggerFactory.getLogger(Settling.class);

    private final Sales sales;
    private final Purchases purchases;
    private final Orders orders;
    private final Customers customers;
    private final Stock stock;
    private final Events events;
    private final Duration paymentWindow;

    Settling(
            Sales sales,
            Purchases purchases,
            Orders orders,
            Customers customers,
            Stock stock,
            Events events,
            OrdersProperties properties) {
        this.sales = sales;
        this.purchases = purchases;
        this.orders = orders;
        this.customers = customers;
        this.stock = stock;
        this.events = events;
        this.paymentWindow = properties.paymentWindow();
    }

    /**
     * Settles what has no outcome yet, in this order.
     *
     * @return the outcomes of now
     */
    @Transactional
    public List<Purchase> settle(List<Command> commands) {
        Map<UUID, Tally> tallies = lock(commands);
        List<Command.Buy> buys = commands.stream()
                .filter(Command.Buy.class::isInstance)
                .map(Command.Buy.class::cast)
                .toList();
        Set<String> settled = purchases.settled(all(buys, Command.Buy::ticket));
        List<Command.Buy> askedAgain = buys.stream()
                .filter(buy -> buy.attempt() > 1 && settled.contains(buy.ticket()))
                .toList();
        Map<UUID, Customer> buyers = customers.find(all(buys, Command.Buy::buyer)).stream()
                .collect(Collectors.toMap(Customer::id, customer -> customer));
        Set<Purchases.Holder> holders = purchases.holders(tallies.keySet(), buyers.keySet());

        List<Purchase> outcomes = new ArrayList<>();
        Instant now = Now.instant();
        for (Command command : commands) {
            if (command instanceof Command.Buy buy && settled.add(buy.ticket())) {
                outcomes.add(outcome(buy, tallies.get(buy.sale()), buyers.get(buy.buyer()), holders, now));
            } else if (command instanceof Command.Close close) {
                Tally tally = tallies.get(close.sale());
                if (tally != null) {
                    tally.close();
                }
            }
        }
        Map<UUID, Sale> after = store(outcomes, tallies);
        events.publish(counted(commands, after));
        events.publish(listed(commands));
        events.publishTraced(toldAgain(askedAgain, after));
        return outcomes;
    }

    /** Refuses what cannot be settled, whyever that is. */
    @Transactional
    public List<Purchase> refuse(Command.Buy buy) {
        Map<UUID, Tally> tallies = lock(List.of(buy));
        if (purchases.settled(List.of(buy.ticket())).contains(buy.ticket())) {
            return List.of();
        }
        List<Purchase> outcomes = List.of(Purchase.refused(buy, Refusal.UNPROCESSABLE, Now.instant()));
        store(outcomes, tallies);
        return outcomes;
    }

    private Map<UUID, Tally> lock(List<Command> commands) {
        Map<UUID, Tally> tallies = new TreeMap<>();
        Set<UUID> ids = new HashSet<>();
        for (Command command : commands) {
            UUID sale = command.sale();
            if (sale != null) {
                ids.add(sale);
            }
        }
        sales.lock(ids).forEach(sale -> tallies.put(sale.id(), new Tally(sale)));
        return tallies;
    }

    private Purchase outcome(
            Command.Buy buy,
            @Nullable Tally tally,
            @Nullable Customer buyer,
            Set<Purchases.Holder> holders,
            Instant now) {
        if (tally == null) {
            return Purchase.refused(buy, Refusal.UNKNOWN_SALE, now);
        }
        if (!tally.open()) {
            return Purchase.refused(buy, Refusal.SALE_CLOSED, now);
        }
        if (buyer == null) {
            return Purchase.refused(buy, Refusal.UNKNOWN_BUYER, now);
        }
        Purchases.Holder holder = new Purchases.Holder(buy.sale(), buy.buyer());
        if (holders.contains(holder)) {
            return Purchase.refused(buy, Refusal.ALREADY_BOUGHT, now);
        }
        if (!tally.take()) {
            return Purchase.refused(buy, Refusal.SOLD_OUT, now);
        }
        holders.add(holder);
        Order.Claim claim = new Order.Claim(buy.sale(), buy.ticket());
        return Purchase.ordered(
                buy, Order.placed(Ids.next(), buyer, List.of(tally.before().line()), now, paymentWindow, claim));
    }

    private Map<UUID, Sale> store(List<Purchase> outcomes, Map<UUID, Tally> tallies) {
        Map<UUID, Sale> after = new TreeMap<>();
        List<Events.Traced> news = new ArrayList<>();
        Map<UUID, Integer> unsold = new TreeMap<>();
        tallies.forEach((id, tally) -> {
            Sale before = tally.before();
            Sale sale = tally.store(sales);
            after.put(id, sale);
            if (before.open() && !sale.open()) {
                log.info("Sale {} is closed, {} units were not sold", id, sale.returned() - before.returned());
                news.add(new Events.Traced(sale.closed(), Map.of()));
                unsold.merge(sale.product(), sale.returned() - before.returned(), Integer::sum);
            }
        });
        unsold.values().removeIf(units -> units == 0);
        stock.giveBack(unsold);

        orders.add(outcomes.stream()
                .map(Purchase::order)
                .filter(Objects::nonNull)
                .map(Objects::requireNonNull)
                .toList());
        purchases.add(outcomes);
        for (Purchase outcome : outcomes) {
            news.add(new Events.Traced(
                    event(outcome, after.get(outcome.sale())), outcome.command().trace()));
        }
        events.publishTraced(news);
        events.publish(ordered(outcomes, after));
        return after;
    }

    /** All orders of a sale once more, together, for the gateways. */
    private static List<PurchasesOrdered> ordered(List<Purchase> outcomes, Map<UUID, Sale> after) {
        Map<UUID, List<OrderedTicket>> bySale = new TreeMap<>();
        for (Purchase outcome : outcomes) {
            Order order = outcome.order();
            if (order != null) {
                bySale.computeIfAbsent(outcome.sale(), sale -> new ArrayList<>())
                        .add(new OrderedTicket(outcome.ticket(), outcome.buyer(), order.id()));
            }
        }
        return bySale.entrySet().stream()
                .map(sale -> Objects.requireNonNull(after.get(sale.getKey())).ordered(sale.getValue()))
                .toList();
    }

    /** As the sales are after the whole batch: what was queued behind a question in it may be counted, too. */
    private static List<SaleCounted> counted(List<Command> commands, Map<UUID, Sale> after) {
        return recounts(commands)
                .flatMap(recount -> Stream.ofNullable(recount.sale())
                        .map(after::get)
                        .filter(Objects::nonNull)
                        .map(sale -> sale.counted(recount.marker())))
                .toList();
    }

    private List<SalesListed> listed(List<Command> commands) {
        return recounts(commands)
                .filter(recount -> recount.sale() == null)
                .map(recount -> new SalesListed(Ids.next(), Now.instant(), sales.open(), recount.marker()))
                .toList();
    }

    private static Stream<Command.Recount> recounts(List<Command> commands) {
        return commands.stream().filter(Command.Recount.class::isInstance).map(Command.Recount.class::cast);
    }

    /**
     * The gateway publishes a purchase again until it has heard what became of it. Its outcome was told, but Redis may have
     * lost that: a file that is written once a second, and a replica, are a little behind.
     */
    private List<Events.Traced> toldAgain(List<Command.Buy> askedAgain, Map<UUID, Sale> after) {
        if (askedAgain.isEmpty()) {
            return List.of();
        }
        Map<String, Map<String, String>> traces = askedAgain.stream()
                .collect(Collectors.toMap(Command.Buy::ticket, Command.Buy::trace, (one, other) -> other));
        return purchases.outcomes(traces.keySet()).stream()
                .map(settled -> new Events.Traced(
                        again(settled, after.get(settled.sale())), traces.getOrDefault(settled.ticket(), Map.of())))
                .toList();
    }

    private static Event again(Purchases.Settled settled, @Nullable Sale sale) {
        return sale == null ? settled.again(0, 0) : settled.again(sale.left(), sale.version());
    }

    private static Event event(Purchase outcome, @Nullable Sale sale) {
        Order order = outcome.order();
        if (order != null && sale != null) {
            return order.placedEvent(sale.unit(outcome.ticket()));
        }
        Refusal refusal = Objects.requireNonNull(outcome.refusal());
        return sale == null
                ? outcome.refusedEvent(refusal, 0, 0)
                : outcome.refusedEvent(refusal, sale.left(), sale.version());
    }

    private static <T, R> Collection<R> all(List<? extends T> of, Function<T, R> what) {
        return of.stream().<R>map(what).distinct().toList();
    }

    /** What a batch does to one sale, so that the sale is updated once. */
    private static final class Tally {
        private final Sale before;
        private int taken;
        private boolean closing;

        private Tally(Sale before) {
            this.before = before;
        }

        private Sale before() {
            return before;
        }

        private boolean open() {
            return before.open() && !closing;
        }

        private boolean take() {
            if (taken == before.left()) {
                return false;
            }
            taken++;
            return true;
        }

        private void close() {
            closing = true;
        }

        private Sale store(Sales sales) {
            if (closing && before.open()) {
                return sales.close(before, taken);
            }
            return taken == 0 ? before : sales.take(before, taken);
        }
    }
}
