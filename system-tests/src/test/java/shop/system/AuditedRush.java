package shop.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import shop.playground.audit.SaleAudit;
import shop.playground.client.Answer;
import shop.playground.client.Api;
import shop.playground.client.Books;
import shop.playground.client.Buyer;
import shop.playground.client.Crowd;
import shop.playground.client.Outcome;
import shop.playground.client.Rush;
import shop.playground.console.Screen;

/** Buyers of one sale, in the background: each asks until the answer is definite. */
final class AuditedRush {
    static final String ACCEPTED = "accepted";

    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final int AT_A_TIME = 500;

    private final SaleShop shop;
    private final String sale;
    private final int units;
    private final List<Buyer> buyers;
    private final List<Api> gateways;
    private final Set<String> accepted = ConcurrentHashMap.newKeySet();
    private final Map<String, LongAdder> answers = new ConcurrentHashMap<>();
    private final Collection<Outcome> outcomes = new ConcurrentLinkedQueue<>();
    private final Collection<CompletableFuture<Answer>> wild = new ConcurrentLinkedQueue<>();
    private final CompletableFuture<Void> done;

    AuditedRush(SaleShop shop, String sale, int units, List<Api> gateways, List<Buyer> buyers) {
        this.shop = shop;
        this.sale = sale;
        this.units = units;
        this.buyers = buyers;
        this.gateways = gateways;
        Rush rush = new Rush(gateways, sale, PATIENCE, this::heard);
        this.done = CompletableFuture.runAsync(
                () -> new Crowd(Screen.silent(), AT_A_TIME)
                        .each("rush", buyers, buyer -> rush.buy(buyer).thenAccept(outcomes::add)),
                task -> new Thread(task, "rush").start());
    }

    private void heard(Answer answer) {
        String what = answer.status() == 202 ? ACCEPTED : answer.problem();
        answers.computeIfAbsent(what, key -> new LongAdder()).increment();
        if (answer.status() == 202) {
            accepted.add(answer.text("ticket"));
        }
    }

    String sale() {
        return sale;
    }

    int units() {
        return units;
    }

    /** The tickets that buyers were answered 202 for. */
    Set<String> accepted() {
        return accepted;
    }

    /** How often buyers were answered what: {@link #ACCEPTED}, or the kind of the problem. */
    Map<String, Long> answers() {
        Map<String, Long> sums = new TreeMap<>();
        answers.forEach((what, times) -> sums.put(what, times.sum()));
        return sums;
    }

    long answers(String what) {
        return answers().getOrDefault(what, 0L);
    }

    /** Waits until that many buyers were answered 202. */
    void awaitAccepted(int number) {
        awaitAtLeast("accepted tickets", number, accepted::size);
    }

    /** Waits until buyers were answered this, so often. */
    void awaitAnswers(String what, long number) {
        awaitAtLeast("answers " + what, number, () -> answers(what));
    }

    /** Waits until that many buyers are through. */
    void awaitSettled(int number) {
        awaitAtLeast("buyers who are through", number, outcomes::size);
    }

    private void awaitAtLeast(String what, long number, Supplier<Number> reached) {
        await().pollInterval(Duration.ofMillis(10))
                .atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> {
                    if (done.isCompletedExceptionally()) {
                        done.join();
                    }
                    assertThat(reached.get().longValue())
                            .as("%s, with %d through and the answers %s", what, outcomes.size(), answers())
                            .isGreaterThanOrEqualTo(number);
                });
    }

    /** Waits until every buyer has a definite answer, or has given up. */
    Books finish() {
        done.join();
        judgeWildClicks();
        return Books.of(outcomes);
    }

    /** One of these buyers loses patience, and clicks so often at once. */
    void clickWildly(int times, Random random) {
        Buyer buyer = buyers.get(random.nextInt(buyers.size()));
        for (int click = 0; click < times; click++) {
            Api gateway = gateways.get(click % gateways.size());
            wild.add(gateway.withToken(buyer.token()).postAsync("/sales/" + sale + "/purchases"));
        }
    }

    /** Whoever got an answer to wild clicks got a proper one, and what it promised counts; a dead gateway gives none. */
    private void judgeWildClicks() {
        for (CompletableFuture<Answer> click : wild) {
            Answer answer = click.exceptionally(away -> null).join();
            if (answer != null) {
                assertThat(answer.status())
                        .as(answer.request() + ": " + answer.body())
                        .isIn(202, 410, 503);
                if (answer.status() == 202) {
                    accepted.add(answer.text("ticket"));
                }
            }
        }
    }

    /** Waits for the end, and for the audit: every unit that somebody wanted is sold, and whoever has one knows. */
    void check() {
        end(SaleAudit::check, (books, told) -> {
            soldOut(told);
            orderedAsTold(books, told);
        });
    }

    /**
     * As {@link #check}, where Redis lost its data meanwhile. Who held a ticket then may have to buy again, and is told
     * that they have an order.
     */
    void checkAfterDataLoss() {
        end(SaleAudit::checkAfterDataLoss, (books, told) -> soldOut(told));
    }

    /** As {@link #check}, of a sale that closes meanwhile: what is not sold goes back. */
    void checkClosed() {
        done.join();
        shop.awaitClosed(sale);
        end(SaleAudit::check, this::orderedAsTold);
    }

    private void end(Auditing auditing, BiConsumer<Books, String> check) {
        Books books = finish();
        auditing.check(shop.audit(), sale, accepted);
        String told = books + ", answers " + answers();
        assertThat(books.everybodyKnows()).as(told).isTrue();
        assertThat(books.noOrderTwice()).as(told).isTrue();
        check.accept(books, told);
    }

    @FunctionalInterface
    private interface Auditing {
        void check(SaleAudit audit, String sale, Collection<String> accepted);
    }

    private void soldOut(String told) {
        assertThat(shop.audit().ordered(sale)).as(told).isEqualTo(Math.min(units, buyers.size()));
    }

    /** Whoever clicked wildly may have got the unit by such a click, and have been too late with the one that is in the books. */
    private void orderedAsTold(Books books, String told) {
        long ordered = shop.audit().ordered(sale);
        assertThat((long) books.ordered()).as(told).isBetween(wild.isEmpty() ? ordered : ordered - 1, ordered);
    }
}
