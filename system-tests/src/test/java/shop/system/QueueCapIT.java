package shop.system;

import static org.assertj.core.api.Assertions.assertThat;
import static shop.system.SaleShop.BATCH;
import static shop.system.SaleShop.CAP;
import static shop.system.SaleShop.PURCHASES;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import shop.playground.servers.Broker;
import shop.playground.servers.Postgres;
import shop.playground.shop.Service;

/** The queue holds no more than its cap, and who is turned away is counted. */
@WithSaleShop
class QueueCapIT {
    private static final int PREFETCH = 2 * BATCH;
    private static final int UNITS = 600;
    private static final int BUYERS = 900;
    private static final int SALES = 3;
    private static final int SHED = 100;

    private final SaleShop shop;
    private final Broker broker;

    QueueCapIT(SaleShop shop) {
        this.shop = shop;
        this.broker = shop.broker();
    }

    /** Whenever a rush begins, the database is frozen: the drain stands still, and buyers meet a full queue. */
    @Test
    void theQueueNeverHoldsMoreThanItsCapAndEveryAnswerIsCounted() {
        Map<String, Long> before = counted();
        Map<String, Long> heard = new TreeMap<>();
        Postgres database = shop.shop().postgres();
        try (QueueWatch watch = QueueWatch.of(broker, PURCHASES)) {
            for (int sale = 1; sale <= SALES; sale++) {
                AuditedRush rush = shop.rush(BUYERS, UNITS, database::freeze);
                rush.awaitAnswers("shed", SHED);
                watch.awaitMessages(CAP);
                database.thaw();
                rush.check();
                rush.answers().forEach((answer, times) -> heard.merge(answer, times, Long::sum));
            }
            assertThat(watch.mostReady()).isEqualTo(CAP);
            assertThat(watch.mostMessages()).isBetween((long) CAP, (long) CAP + PREFETCH);
        }
        Map<String, Long> told = counted();
        before.forEach((answer, times) -> told.merge(answer, -times, Long::sum));
        told.values().removeIf(times -> times == 0);
        assertThat(told).isEqualTo(heard);
    }

    /** What both gateways say that they answered to purchases, in the words of the answers. */
    private Map<String, Long> counted() {
        Map<String, Long> sums = new TreeMap<>();
        for (Service gateway : shop.gateways()) {
            Metrics.of(gateway)
                    .byTag("seckill_answers_total", "outcome")
                    .forEach((outcome, times) -> sums.merge(answer(outcome), times, Long::sum));
        }
        return sums;
    }

    private static String answer(String outcome) {
        return switch (outcome) {
            case "repeated" -> AuditedRush.ACCEPTED;
            case "taken" -> "spoken-for";
            default -> outcome;
        };
    }
}
