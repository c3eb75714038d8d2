package shop.playground.client;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import shop.playground.console.Screen;

/** A flash sale, as the crowd that comes for it goes through it. */
public final class FlashSale {

    private static final int LOOKS = 5;

    private final Api orders;
    private final Api gateway;
    private final String sale;

    public FlashSale(Api orders, Api gateway, String sale) {
        this.orders = orders;
        this.gateway = gateway;
        this.sale = sale;
    }

    /**
     * Everybody clicks, so many at a time, and goes on until the answer is definite. A unit that was held for somebody who
     * was then shed comes back after others have heard that nothing is left: so while there is something left, those look
     * again.
     *
     * @return how it ended, for each of them
     */
    public Collection<Outcome> rush(Collection<Buyer> buyers, int atATime, Screen screen) {
        Map<Buyer, Outcome> outcomes = new ConcurrentHashMap<>();
        Crowd crowd = new Crowd(screen, atATime);
        click("buyers click", buyers, crowd, outcomes);
        for (int look = 0; look < LOOKS && left() > 0; look++) {
            List<Buyer> late = outcomes.entrySet().stream()
                    .filter(entry -> entry.getValue().kind() == Outcome.Kind.SOLD_OUT)
                    .map(Map.Entry::getKey)
                    .toList();
            click("some units came back, buyers look again", late, crowd, outcomes);
        }
        return outcomes.values();
    }

    private void click(String task, Collection<Buyer> buyers, Crowd crowd, Map<Buyer, Outcome> outcomes) {
        Rush rush = new Rush(gateway, sale);
        crowd.each(
                task,
                buyers,
                buyer -> rush.buy(buyer).thenAccept(outcome -> outcomes.merge(buyer, outcome, Outcome::then)));
    }

    private int left() {
        return orders.get("/sales/" + sale).expect(200).number("left");
    }
}
