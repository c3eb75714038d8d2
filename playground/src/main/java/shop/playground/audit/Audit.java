package shop.playground.audit;

import com.rabbitmq.http.client.domain.QueueInfo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import shop.playground.servers.Broker;
import shop.playground.shop.Shop;

/**
 * Holds the shop's books against each other: what is in the databases, what came to the exchange, what customers were
 * written. It covers everything since it began, so one audit after several disasters says whether the shop survived all
 * of them.
 */
public final class Audit {

    private static final String PAYMENT_WINDOW = "order.payment-window.";

    private final Broker broker;
    private final Recorder recorder;
    private final Database orders;
    private final Database delivery;
    private final List<Writings> writings;

    private Audit(Shop shop) {
        this.broker = shop.rabbitMq().broker();
        this.recorder = Recorder.of(broker);
        this.orders = new Database(shop.postgres(), "orders", "order-service");
        this.delivery = new Database(shop.postgres(), "delivery", "delivery-service");
        this.writings = List.of(Writings.mails(shop.mail()), Writings.texts(shop.thirdParties()));
    }

    /** Begins now, when the shop runs and nobody has been there yet. */
    public static Audit of(Shop shop) {
        return new Audit(shop);
    }

    /** Every event that came to the exchange so far, repeated ones too, in that order. */
    public List<Recorded> events() {
        return recorder.read();
    }

    /** How many events of the order service have waited for so long at least, and are not sent yet. */
    public long unsent(Duration since) {
        return orders.count("outbox where published_at is null and occurred_at <= clock_timestamp() - interval '"
                + since.toMillis() + " ms'");
    }

    /** How many messages the order service has handled. */
    public long handledByOrders() {
        return orders.inbox("order.events").size();
    }

    /**
     * Waits until the shop is at rest and then checks everything.
     *
     * @throws AssertionError with all that is wrong, or with what the shop is still busy with after a minute
     */
    public void check() {
        awaitRest();
        findings().expectNone();
    }

    private Findings findings() {
        List<Recorded> events = recorder.read();
        Findings wrong = new Findings();
        eachChangeHasOneEvent(events, wrong);
        for (Database database : List.of(orders, delivery)) {
            eachAppendedEventWasPublished(database, events, wrong);
            eventsCameInOrder(database, events, wrong);
        }
        repeatedEventsSayTheSame(events, wrong);
        databaseEffectsHappenedOnce(events, wrong);
        writings.forEach(kind -> customersWereWritten(kind, events, wrong));
        queuesAreEmpty(wrong);
        return wrong;
    }

    /**
     * Waits until nothing is on its way: every event is published, every subscriber has done with it.
     *
     * @throws AssertionError with what the shop is still busy with after a minute
     */
    public void awaitRest() {
        Rest.await(this::busy, this::findings);
    }

    private Findings busy() {
        Findings busy = new Findings();
        busy.count(unsent(Duration.ZERO), "events of the order service are not sent");
        busy.count(delivery.count("outbox where published_at is null"), "events of the delivery are not sent");
        busy.count(delivery.count("shipments where due_at is not null"), "shipments are on their way");
        busy.count(orders.count("orders where state in ('PAID', 'SHIPPED')"), "paid orders are not delivered");
        waiting()
                .forEach((queue, messages) -> busy.count(queue.contains(".parked") ? 0 : messages, "wait in " + queue));
        busy.count(broker.unacknowledged(), "messages are in somebody's hands");
        List<Recorded> events = recorder.read();
        writings.forEach(kind -> busy.name("No " + kind.what() + " yet about ", missing(kind, events)));
        return busy;
    }

    /** Messages by queue: all but what is kept on purpose. */
    private Map<String, Long> waiting() {
        List<String> queues = broker.queues().stream()
                .filter(queue -> !"stream".equals(queue.getArguments().get("x-queue-type")))
                .filter(queue -> !queue.getName().startsWith(PAYMENT_WINDOW)) // each order, for as long as it lasts
                .filter(queue -> !queue.isExclusive()) // nobody else may look into it
                .map(QueueInfo::getName)
                .filter(queue -> !queue.equals(Recorder.QUEUE))
                .toList();
        return broker.ready(queues);
    }

    private void eachChangeHasOneEvent(List<Recorded> events, Findings wrong) {
        List<Database.Change> changes = new ArrayList<>(orders.changes("""
                select 'customer.registered', id::text, 1 from customers
                union all select 'order.placed', id::text, 1 from orders
                union all select 'order.paid', id::text, case when state in ('PAID', 'SHIPPED', 'DELIVERED') then 1 else 0 end
                    from orders
                union all select 'order.cancelled', id::text, case when state = 'CANCELLED' then 1 else 0 end from orders
                union all select 'product.stock-changed', id::text, version - 1 from products"""));
        changes.addAll(delivery.changes("""
                select 'shipment.created', order_id::text, 1 from shipments
                union all select 'shipment.dispatched', order_id::text, case when state = 'PACKING' then 0 else 1 end
                    from shipments
                union all select 'shipment.delivered', order_id::text, case when state = 'DELIVERED' then 1 else 0 end
                    from shipments"""));
        Map<String, Set<String>> ids = events.stream()
                .filter(this::isOfAService)
                .collect(Collectors.groupingBy(
                        event -> event.key() + " " + event.aggregate(),
                        Collectors.mapping(Recorded::id, Collectors.toSet())));
        for (Database.Change change : changes) {
            int found = ids.getOrDefault(change.key() + " " + change.aggregate(), Set.of())
                    .size();
            if (found != change.events()) {
                wrong.add("The database wants %d different events %s of %s, and %d came"
                        .formatted(change.events(), change.key(), change.aggregate(), found));
            }
        }
        Set<String> told = changes.stream().map(Database.Change::key).collect(Collectors.toSet());
        Set<String> known = changes.stream()
                .map(change -> change.key() + " " + change.aggregate())
                .collect(Collectors.toSet());
        wrong.name(
                "Events tell of what no database has: ",
                ids.keySet().stream()
                        .filter(event ->
                                told.contains(event.substring(0, event.indexOf(' '))) && !known.contains(event))
                        .toList());
    }

    private boolean isOfAService(Recorded event) {
        return event.publisher().equals(orders.service()) || event.publisher().equals(delivery.service());
    }

    private static void eachAppendedEventWasPublished(Database database, List<Recorded> events, Findings wrong) {
        Set<String> appended =
                database.outbox().stream().map(Database.Appended::id).collect(Collectors.toCollection(TreeSet::new));
        Set<String> published =
                firsts(database, events).stream().map(Recorded::id).collect(Collectors.toCollection(TreeSet::new));
        wrong.name("Events of " + database.service() + " are lost: ", without(appended, published));
        wrong.name("Events of " + database.service() + " come from no outbox: ", without(published, appended));
    }

    /** The first appearance of each event of this service; repetitions may come at any time. */
    private static Collection<Recorded> firsts(Database database, List<Recorded> events) {
        Map<String, Recorded> firsts = new LinkedHashMap<>();
        events.stream()
                .filter(event -> event.publisher().equals(database.service()))
                .forEach(event -> firsts.putIfAbsent(event.id(), event));
        return firsts.values();
    }

    private static void eventsCameInOrder(Database database, List<Recorded> events, Findings wrong) {
        Map<String, List<String>> appended =
                byAggregate(database.outbox(), Database.Appended::aggregate, event -> event.key() + " " + event.id());
        Map<String, List<String>> published =
                byAggregate(firsts(database, events), Recorded::aggregate, event -> event.key() + " " + event.id());
        published.forEach((aggregate, order) -> {
            List<String> wanted = new ArrayList<>(appended.getOrDefault(aggregate, List.of()));
            wanted.retainAll(Set.copyOf(order)); // what is lost was told already
            if (!order.equals(wanted)) {
                int at = 0;
                while (at < wanted.size() && order.get(at).equals(wanted.get(at))) {
                    at++;
                }
                wrong.add("Events of %s came out of order, from number %d on: %s instead of %s"
                        .formatted(aggregate, at, around(order, at), around(wanted, at)));
            }
        });
    }

    private static List<String> around(List<String> events, int at) {
        return events.subList(Math.min(at, events.size()), Math.min(at + 3, events.size()));
    }

    private static <T> Map<String, List<String>> byAggregate(
            Collection<T> events, Function<T, String> aggregate, Function<T, String> text) {
        return events.stream().collect(Collectors.groupingBy(aggregate, Collectors.mapping(text, Collectors.toList())));
    }

    private static void repeatedEventsSayTheSame(List<Recorded> events, Findings wrong) {
        Map<String, Recorded> firsts = new HashMap<>();
        List<Recorded> different = events.stream()
                .filter(event -> {
                    Recorded first = firsts.putIfAbsent(event.id(), event);
                    return first != null && !first.equals(event);
                })
                .toList();
        wrong.name("Events came again and said something else: ", different);
    }

    private void databaseEffectsHappenedOnce(List<Recorded> events, Findings wrong) {
        Set<String> paid =
                Set.copyOf(orders.column("select id from orders where state in ('PAID', 'SHIPPED', 'DELIVERED')"));
        List<String> shipped = delivery.column("select order_id from shipments");
        wrong.name("Paid orders have no shipment: ", without(paid, shipped));
        wrong.name("Shipments have no paid order: ", without(shipped, paid));
        wrong.name("Orders have more than one shipment: ", repeated(shipped));
        handled(
                "the delivery handled order.paid",
                delivery.inbox("delivery.events"),
                ids(events, Set.of("order.paid")),
                wrong);
        handled(
                "the order service handled shipments",
                orders.inbox("order.events"),
                ids(events, Set.of("shipment.dispatched", "shipment.delivered")),
                wrong);
    }

    /** What tests publish to one queue alone is in its inbox, too, and nothing else is known of it. */
    private static void handled(String what, Collection<String> handled, Set<String> published, Findings wrong) {
        wrong.name("Not said by the inbox, that " + what + ": ", without(published, handled));
    }

    private void customersWereWritten(Writings kind, List<Recorded> events, Findings wrong) {
        List<Writings.Writing> sent = kind.source().all();
        wrong.name("No " + kind.what() + " was sent about ", missing(kind, events));
        wrong.name(
                "A " + kind.what() + " was sent about what did not happen: ",
                without(sent.stream().map(Writings.Writing::event).toList(), ids(events, kind.keys())));
        // Two events that tell the same customer the same would be one that was told under two ids.
        Map<String, Set<String>> ids = sent.stream()
                .collect(Collectors.groupingBy(
                        Writings.Writing::content,
                        Collectors.mapping(Writings.Writing::event, Collectors.toCollection(LinkedHashSet::new))));
        ids.forEach((content, different) -> wrong.name(
                "The same " + kind.what() + " has several ids: ", different.size() > 1 ? different : List.of()));
        wrong.name(
                "A " + kind.what() + " was sent again about ",
                repeated(sent.stream().map(Writings.Writing::event).toList()));
    }

    private static Set<String> missing(Writings kind, List<Recorded> events) {
        return without(
                ids(events, kind.keys()),
                kind.source().all().stream().map(Writings.Writing::event).toList());
    }

    private static Set<String> ids(List<Recorded> events, Set<String> keys) {
        return events.stream()
                .filter(event -> keys.contains(event.key()))
                .map(Recorded::id)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private void queuesAreEmpty(Findings wrong) {
        waiting().forEach((queue, messages) -> wrong.count(messages, "messages are left in " + queue));
    }

    private static Set<String> without(Collection<String> these, Collection<String> those) {
        Set<String> rest = new TreeSet<>(these);
        rest.removeAll(Set.copyOf(those));
        return rest;
    }

    private static Set<String> repeated(List<String> all) {
        Set<String> seen = new TreeSet<>();
        return all.stream().filter(one -> !seen.add(one)).collect(Collectors.toSet());
    }
}
