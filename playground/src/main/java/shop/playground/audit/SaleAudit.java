package shop.playground.audit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import shop.playground.servers.Broker;
import shop.playground.servers.Redis;
import shop.playground.shop.Shop;

/**
 * Holds the books of one flash sale against each other once it is at rest: where its units are, what became of each ticket,
 * what came to the exchange, what Redis says.
 */
public final class SaleAudit {

    private static final JsonMapper json = new JsonMapper();
    private static final String PURCHASES = "seckill.purchases";
    private static final List<String> WAYS = List.of(PURCHASES, "seckill.events");
    private static final List<String> PARKED = List.of("order.purchases.parked", "seckill.events.parked");

    private final Broker broker;
    private final Redis redis;
    private final Database orders;
    private final Recorder recorder;

    private SaleAudit(Shop shop) {
        this.broker = shop.rabbitMq().broker();
        this.redis = shop.redis();
        this.orders = new Database(shop.postgres(), "orders", "order-service");
        this.recorder = Recorder.of(broker);
    }

    /** Begins now, when the shop runs and nobody has been there yet. */
    public static SaleAudit of(Shop shop) {
        return new SaleAudit(shop);
    }

    /** Every event that came to the exchange so far, repeated ones too, in that order. */
    public List<Recorded> events() {
        return recorder.read();
    }

    /** Live orders of the sale, as of now. */
    public long ordered(String sale) {
        return orders.count("orders where state <> 'CANCELLED' and sale = '" + sale + "'");
    }

    /** What the order service made of each ticket so far: {@code ORDERED} or {@code REFUSED}. */
    public Map<String, String> outcomes(String sale) {
        return orders.pairs("select ticket, outcome from purchases where sale = '" + sale + "'");
    }

    /**
     * Waits until the sale is at rest and then checks everything.
     *
     * @param accepted the tickets that buyers were answered 202 for
     * @throws AssertionError with all that is wrong, or with what the shop is still busy with after a minute
     */
    public void check(String sale, Collection<String> accepted) {
        check(sale, accepted, true);
    }

    /** As {@link #check}, but for the tickets in Redis, which lost its data meanwhile. */
    public void checkAfterDataLoss(String sale, Collection<String> accepted) {
        check(sale, accepted, false);
    }

    private void check(String sale, Collection<String> accepted, boolean redisKnowsAll) {
        Rest.await(() -> busy(sale, accepted), () -> findings(sale, accepted, redisKnowsAll));
        findings(sale, accepted, redisKnowsAll).expectNone();
    }

    private Findings busy(String sale, Collection<String> accepted) {
        Findings busy = new Findings();
        busy.count(orders.count("outbox where published_at is null"), "events of the order service are not sent");
        broker.ready(WAYS).forEach((queue, messages) -> busy.count(messages, "wait in " + queue));
        busy.count(broker.unacknowledged(), "messages are in somebody's hands");
        busy.name("Accepted and not settled: ", without(accepted, outcomes(sale).keySet()));
        countsAgree(sale, busy);
        return busy;
    }

    private Findings findings(String sale, Collection<String> accepted, boolean redisKnowsAll) {
        Findings wrong = new Findings();
        Map<String, String> outcomes = outcomes(sale);
        eachUnitIsSomewhereOnce(sale, wrong);
        wrong.name("Accepted and not settled: ", without(accepted, outcomes.keySet()));
        wrong.name("Buyers with two live orders: ", orders.column("""
                select customer from orders where state <> 'CANCELLED' and sale = '%s'
                group by customer having count(*) > 1""".formatted(sale)));
        wrong.name("Orders of tickets that have no outcome: ", orders.column("""
                select o.id from orders o left join purchases p on p.order_id = o.id
                where o.sale = '%s' and p.ticket is distinct from o.ticket""".formatted(sale)));
        eachOutcomeHasOneEvent(sale, outcomes, wrong);
        eachOrderIsToldToGatewaysOnce(sale, wrong);
        redisAgrees(sale, outcomes, redisKnowsAll, wrong);
        broker.ready(WAYS).forEach((queue, messages) -> wrong.count(messages, "messages are left in " + queue));
        broker.ready(PARKED).forEach((queue, messages) -> wrong.count(messages, "messages are parked in " + queue));
        return wrong;
    }

    private void eachUnitIsSomewhereOnce(String sale, Findings wrong) {
        wrong.name("Units are lost, or there twice: ", orders.column("""
                select format('%%s left + %%s returned + %%s live orders, of an allotment of %%s', "left", returned, live, allotment)
                from (select s.*, (select count(*) from orders where sale = s.id and state <> 'CANCELLED') as live
                      from sales s where id = '%s') s
                where "left" + returned + live <> allotment or live > allotment""".formatted(sale)));
    }

    private void eachOutcomeHasOneEvent(String sale, Map<String, String> outcomes, Findings wrong) {
        Map<String, Set<String>> told = new HashMap<>(); // by ticket: outcome and id of each different event
        for (Recorded event : recorder.read()) {
            if (event.key().equals("order.placed")) {
                JsonNode unit = parsed(event).path("saleUnit");
                if (unit.path("sale").asText().equals(sale)) {
                    tell(told, unit.path("ticket").asText(), "ORDERED", event);
                }
            } else if (event.key().equals("purchase.refused")
                    && parsed(event).path("sale").asText().equals(sale)) {
                tell(told, parsed(event).path("ticket").asText(), "REFUSED", event);
            }
        }
        outcomes.forEach((ticket, outcome) -> {
            Set<String> events = told.getOrDefault(ticket, Set.of());
            if (events.size() != 1 || !events.iterator().next().startsWith(outcome)) {
                wrong.add("The ticket %s is %s, and the events about it are %s".formatted(ticket, outcome, events));
            }
        });
        wrong.name("Events tell of tickets that have no outcome: ", without(told.keySet(), outcomes.keySet()));
    }

    /** Together with others, in an event of their sale. */
    private void eachOrderIsToldToGatewaysOnce(String sale, Findings wrong) {
        Map<String, Set<String>> told = new HashMap<>(); // by ticket: order and id of each different event
        for (Recorded event : recorder.read()) {
            if (event.key().equals("purchases.ordered")
                    && parsed(event).path("sale").asText().equals(sale)) {
                parsed(event)
                        .path("orders")
                        .forEach(one -> tell(
                                told,
                                one.path("ticket").asText(),
                                one.path("order").asText(),
                                event));
            }
        }
        Map<String, String> orders = this.orders.pairs(
                "select ticket, order_id from purchases where order_id is not null and sale = '" + sale + "'");
        orders.forEach((ticket, order) -> {
            Set<String> events = told.getOrDefault(ticket, Set.of());
            if (events.size() != 1 || !events.iterator().next().startsWith(order)) {
                wrong.add("The ticket %s became the order %s, and gateways were told %s"
                        .formatted(ticket, order, events));
            }
        });
        wrong.name("Gateways were told of orders that are none: ", without(told.keySet(), orders.keySet()));
    }

    private static void tell(Map<String, Set<String>> told, String ticket, String outcome, Recorded event) {
        told.computeIfAbsent(ticket, key -> new HashSet<>()).add(outcome + " " + event.id());
    }

    private void redisAgrees(String sale, Map<String, String> outcomes, boolean redisKnowsAll, Findings wrong) {
        countsAgree(sale, wrong);
        long buyers = Long.parseLong(redis.command("HLEN", key(sale, "buyers")));
        if (redisKnowsAll ? buyers != ordered(sale) : buyers > ordered(sale)) {
            wrong.add("Redis knows %d buyers who hold a ticket, and there are %d live orders"
                    .formatted(buyers, ordered(sale)));
        }
        outcomes.forEach((ticket, outcome) -> {
            String state = redis.command("HGET", key(sale, "ticket:" + ticket.substring(sale.length() + 1)), "state");
            if (!state.equals(outcome) && (redisKnowsAll || !state.isEmpty())) {
                wrong.add("Redis says of the ticket %s '%s' instead of %s".formatted(ticket, state, outcome));
            }
        });
    }

    private void countsAgree(String sale, Findings findings) {
        findings.count(Long.parseLong(redis.command("ZCARD", key(sale, "pending"))), "tickets are pending in Redis");
        String left = orders.column("select \"left\" from sales where id = '" + sale + "'")
                .get(0);
        String cached = redis.command("HGET", key(sale, "sale"), "left");
        if (!cached.equals(left)) {
            findings.add("Redis says that '%s' are left, the database %s".formatted(cached, left));
        }
    }

    private static String key(String sale, String name) {
        return "seckill:{" + sale + "}:" + name;
    }

    private static JsonNode parsed(Recorded event) {
        try {
            return json.readTree(event.body());
        } catch (JsonProcessingException e) {
            throw new AssertionError("An event that is no JSON: " + event, e);
        }
    }

    private static Set<String> without(Collection<String> these, Collection<String> those) {
        Set<String> rest = new TreeSet<>(these);
        rest.removeAll(Set.copyOf(those));
        return rest;
    }
}
