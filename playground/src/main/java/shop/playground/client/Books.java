package shop.playground.client;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import shop.playground.client.Outcome.Kind;
import shop.playground.console.Screen.Row;

/** The flash sale as its buyers saw it, held against what the shop says. */
public record Books(
        int buyers,
        int ordered,
        int refused,
        int soldOut,
        int unsettled,
        int shed,
        int taken,
        int unconfirmed,
        int away,
        int orders) {

    public static Books of(Collection<Outcome> outcomes) {
        Set<String> orders = new HashSet<>();
        for (Outcome outcome : outcomes) {
            if (outcome.kind() == Kind.ORDERED && outcome.order() != null) {
                orders.add(outcome.order());
            }
        }
        return new Books(
                outcomes.size(),
                count(outcomes, Kind.ORDERED),
                count(outcomes, Kind.REFUSED),
                count(outcomes, Kind.SOLD_OUT),
                count(outcomes, Kind.UNSETTLED),
                outcomes.stream().mapToInt(Outcome::shed).sum(),
                outcomes.stream().mapToInt(Outcome::taken).sum(),
                outcomes.stream().mapToInt(Outcome::unconfirmed).sum(),
                outcomes.stream().mapToInt(Outcome::away).sum(),
                orders.size());
    }

    private static int count(Collection<Outcome> outcomes, Kind kind) {
        return (int) outcomes.stream().filter(outcome -> outcome.kind() == kind).count();
    }

    public List<Row> table(Balance balance) {
        List<Row> rows = new ArrayList<>();
        rows.add(row("allotment", balance.allotment(), "units of the sale"));
        rows.add(row("ordered", ordered, "buyers with an order; the shop says " + format(balance.ordered())));
        rows.add(row("left", balance.left(), "units without an order"));
        rows.add(row("", buyers, "buyers, of whom"));
        rows.add(row("ordered", ordered, "got one unit"));
        rows.add(row("sold out", soldOut, "came too late"));
        rows.add(row("refused", refused, "had a ticket, but no order; the shop says " + format(balance.refused())));
        if (unsettled > 0) {
            rows.add(row("unsettled", unsettled, "got no definite answer"));
        }
        rows.add(row("shed", shed, "times the queue was full: 503, and they came again"));
        if (taken > 0) {
            rows.add(row(
                    "spoken for", taken, "times every unit had a buyer, but no order yet: 503, and they came again"));
        }
        if (unconfirmed > 0) {
            rows.add(row("unsure", unconfirmed, "times the queue's answer was not heard: 503, and they asked again"));
        }
        if (away > 0) {
            rows.add(row("too busy", away, "times the shop did not answer in time: 503, and they came again"));
        }
        return rows;
    }

    /** Whether the shop's own books tell the same. */
    public boolean agreeWith(Balance balance) {
        return balance.ordered() == ordered && balance.refused() == refused;
    }

    /** Everybody has an answer, and no order was told to two buyers. */
    public boolean everybodyKnows() {
        return unsettled == 0 && ordered + soldOut + refused == buyers;
    }

    public boolean noOrderTwice() {
        return orders == ordered;
    }

    private static Row row(String name, int figure, String remark) {
        return new Row(name, format(figure), remark);
    }

    private static String format(int figure) {
        return String.format(Locale.ROOT, "%,d", figure);
    }
}
