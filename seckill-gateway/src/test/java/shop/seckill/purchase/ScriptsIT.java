package shop.seckill.purchase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;
import static shop.seckill.purchase.Tickets.Verdict.ADMITTED;
import static shop.seckill.purchase.Tickets.Verdict.CLOSED;
import static shop.seckill.purchase.Tickets.Verdict.HELD;
import static shop.seckill.purchase.Tickets.Verdict.NOT_OPEN;
import static shop.seckill.purchase.Tickets.Verdict.RECOUNTING;
import static shop.seckill.purchase.Tickets.Verdict.SOLD_OUT;
import static shop.seckill.purchase.Tickets.Verdict.TAKEN;
import static shop.seckill.purchase.Tickets.Verdict.UNKNOWN;

import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import shop.events.Money;
import shop.events.SaleAnnounced;
import shop.events.SaleClosed;
import shop.events.SaleCounted;
import shop.messaging.Ids;
import shop.messaging.publishing.Outcome;
import shop.playground.servers.Kind;
import shop.playground.servers.WithServers;
import shop.seckill.SeckillProperties;
import shop.seckill.broker.CommandQueue;
import shop.seckill.redis.Redis;
import shop.seckill.sale.KnownSales;
import shop.seckill.sale.Recounts;
import shop.seckill.sale.SaleKeys;
import shop.seckill.sale.Sales;

/** The rules of docs/guarantees.md 4, as Redis runs them. */
@WithServers(Kind.REDIS)
@SpringBootTest(
        classes = ScriptsIT.Scripts.class,
        webEnvironment = SpringBootTest.WebEnvironment.NONE,
        properties = "spring.data.redis.timeout=10s") // about rules, not about speed
class ScriptsIT {
    private static final Money PRICE = new Money(1999, "EUR");

    private static final Duration RECONCILE_AFTER = Duration.ofSeconds(10);

    private final Instant opened = Instant.now().minusSeconds(60).truncatedTo(ChronoUnit.MILLIS);
    private final Instant closes = opened.plusSeconds(3600);
    private final UUID sale = Ids.next();
    private final UUID ada = UUID.randomUUID();
    private final UUID bob = UUID.randomUUID();
    private final UUID order = UUID.randomUUID();

    @Autowired
    private Redis redis;

    @Autowired
    private Sales sales;

    @Autowired
    private Tickets tickets;

    @Autowired
    private KnownSales known;

    @Autowired
    private Recounts recounts;

    @BeforeEach
    void connected() {
        await().ignoreExceptions().until(() -> ask(RedisClusterAsyncCommands::ping) != null);
    }

    // admit

    @Test
    void admitsAsManyAsAreLeftWithoutAnOutcome() {
        announce(2, 1);

        assertThat(admit(ada).verdict()).isEqualTo(ADMITTED);
        assertThat(admit(bob).verdict()).isEqualTo(ADMITTED);
        assertThat(admit(UUID.randomUUID()).verdict()).isEqualTo(TAKEN);
        assertThat(pending()).isEqualTo(2);
        assertThat(left()).as("nothing is decremented").isEqualTo("2");
    }

    @Test
    void givesABuyerTheTicketTheyHold() {
        announce(5, 1);
        Ticket first = admitted(ada);

        Tickets.Admission again = admit(ada);

        assertThat(again.verdict()).isEqualTo(HELD);
        assertThat(again.held()).isEqualTo(first);
        assertThat(pending()).isEqualTo(1);
    }

    @Test
    void admitsTheSameTicketOnceWhenItIsSentTwice() {
        announce(5, 1);
        Ticket ticket = admitted(ada);

        assertThat(tickets.admit(ticket, ada).join().verdict()).isEqualTo(ADMITTED);

        assertThat(pending()).isEqualTo(1);
    }

    @Test
    void admitsNobodyOutsideTheSale() {
        assertThat(admit(ada).verdict()).isEqualTo(UNKNOWN);

        sales.on(announcement(5, 1, closes, closes.plusSeconds(1)));
        Tickets.Admission early = admit(ada);
        assertThat(early.verdict()).isEqualTo(NOT_OPEN);
        assertThat(early.opens()).isEqualTo(closes);

        sales.on(announcement(5, 1, opened, opened.plusSeconds(1)));
        assertThat(admit(ada).verdict()).isEqualTo(CLOSED);
        assertThat(pending()).isZero();
    }

    @Test
    void keepsTheTicketOfALateBuyer() {
        announce(5, 1);
        Ticket ticket = admitted(ada);
        close(2);

        assertThat(admit(ada).verdict()).isEqualTo(CLOSED);
        assertThat(tickets.heldBy(ada, sale).join()).contains(ticket);
        assertThat(tickets.heldBy(bob, sale).join()).isEmpty();
    }

    @Test
    void oversellsNothingWhenAThousandComeAtOnce() {
        announce(100, 1);

        List<CompletableFuture<Tickets.Admission>> crowd = IntStream.range(0, 1000)
                .mapToObj(number -> tickets.admit(Ticket.next(sale), UUID.randomUUID()))
                .toList();

        assertThat(crowd.stream().map(CompletableFuture::join).filter(answer -> answer.verdict() == ADMITTED))
                .hasSize(100);
        assertThat(pending()).isEqualTo(100);
    }

    // queued, release

    @Test
    void queuesAnAdmittedTicketAndNoOther() {
        announce(5, 1);
        Ticket ticket = admitted(ada);
        assertThat(queued(ticket)).containsExactly("QUEUED");
        assertThat(state(ticket)).isEqualTo(TicketState.QUEUED);
        assertThat(queued(ticket)).containsExactly("UNCHANGED");

        ordered(ticket, ada, 4, 2);
        assertThat(queued(ticket)).as("the outcome overtook the confirm").containsExactly("UNCHANGED");
        assertThat(state(ticket)).isEqualTo(TicketState.ORDERED);

        Ticket nobodys = Ticket.next(sale);
        assertThat(queued(nobodys)).containsExactly("UNCHANGED");
        assertThat(tickets.find(nobodys).join()).isEmpty();
    }

    @Test
    void queuesManyTicketsInOneGo() {
        announce(5, 1);
        Ticket first = admitted(ada);
        Ticket settled = admitted(bob);
        ordered(settled, bob, 4, 2);
        Ticket last = admitted(UUID.randomUUID());

        assertThat(queued(first, settled, last)).containsExactly("QUEUED", "UNCHANGED", "QUEUED");

        assertThat(Stream.of(first, settled, last).map(this::state))
                .containsExactly(TicketState.QUEUED, TicketState.ORDERED, TicketState.QUEUED);
    }

    @Test
    void releasesWhatReachedNoQueue() {
        announce(1, 1);
        Ticket ticket = admitted(ada);

        assertThat(tickets.release(ticket).join()).isTrue();

        assertThat(tickets.release(ticket).join()).isFalse();
        assertThat(tickets.find(ticket).join()).isEmpty();
        assertThat(pending()).isZero();
        assertThat(admit(bob).verdict()).isEqualTo(ADMITTED);
        assertThat(admit(ada).verdict()).isEqualTo(TAKEN);
    }

    @Test
    void tellsWhatIsSoldFromWhatIsMerelyTaken() {
        announce(0, 3);

        assertThat(admit(ada).verdict()).isEqualTo(SOLD_OUT);
    }

    @Test
    void releasesNothingThatMayBeInTheQueue() {
        announce(5, 1);
        Ticket queued = admitted(ada);
        queued(queued);
        assertThat(tickets.release(queued).join()).isFalse();

        Ticket triedAgain = admitted(bob);
        comes(triedAgain);
        assertThat(tickets.retry(triedAgain, false).join()).isPresent();
        assertThat(tickets.release(triedAgain).join()).isFalse();

        assertThat(pending()).isEqualTo(2);
    }

    // settle

    @Test
    void settlesAnOrder() {
        announce(5, 1);
        Ticket ticket = admitted(ada);

        ordered(ticket, ada, 4, 2);

        Tickets.Entry entry = tickets.find(ticket).join().orElseThrow();
        assertThat(entry.state()).isEqualTo(TicketState.ORDERED);
        assertThat(entry.order()).isEqualTo(order.toString());
        assertThat(pending()).isZero();
        assertThat(left()).isEqualTo("4");
        assertThat(admit(ada).verdict()).isEqualTo(HELD);
    }

    @Test
    void settlesManyOrdersAtOnceAndLeavesAloneWhatIsSettled() {
        int many = 2 * Tickets.TOGETHER + 1;
        announce(many, 1);
        List<Tickets.Ordered> orders = IntStream.range(0, many)
                .mapToObj(number -> UUID.randomUUID())
                .map(buyer -> new Tickets.Ordered(admitted(buyer), buyer, UUID.randomUUID()))
                .toList();
        Ticket refused = orders.get(1).ticket();
        tickets.refused(refused, orders.get(1).buyer(), "SOLD_OUT", 7, 2).join();

        tickets.ordered(sale, orders.subList(0, many / 2), 0, 3).join(); // as when it fails in the middle
        tickets.ordered(sale, orders, 0, 3).join();

        assertThat(orders).allSatisfy(one -> {
            Tickets.Entry entry = tickets.find(one.ticket()).join().orElseThrow();
            assertThat(entry.buyer()).isEqualTo(one.buyer().toString());
            if (one.ticket().equals(refused)) {
                assertThat(entry.state()).isEqualTo(TicketState.REFUSED);
            } else {
                assertThat(entry.state()).isEqualTo(TicketState.ORDERED);
                assertThat(entry.order()).isEqualTo(one.order().toString());
            }
        });
        assertThat(pending()).isZero();
        assertThat(left()).isEqualTo("0");
        long holders = ask(commands -> commands.hlen(SaleKeys.of(sale).buyers()));
        assertThat(holders).isEqualTo(many - 1);
    }

    @Test
    void aRefusalFreesTheBuyer() {
        announce(5, 1);
        Ticket ticket = admitted(ada);

        tickets.refused(ticket, ada, "SALE_CLOSED", 5, 1).join();
        tickets.refused(ticket, ada, "SALE_CLOSED", 5, 1).join();

        assertThat(state(ticket)).isEqualTo(TicketState.REFUSED);
        assertThat(pending()).isZero();
        assertThat(admit(ada).verdict()).isEqualTo(ADMITTED);
    }

    @Test
    void aCancellationFreesTheBuyerAndRepetitionsDoNotTakeTheNextTicket() {
        announce(1, 1);
        Ticket first = admitted(ada);
        ordered(first, ada, 0, 2);
        cancelled(first, 1, 3);
        Ticket second = admitted(ada);

        ordered(first, ada, 0, 2);
        cancelled(first, 1, 3);

        assertThat(tickets.heldBy(ada, sale).join()).contains(second);
        assertThat(state(first)).isEqualTo(TicketState.ORDERED);
        assertThat(state(second)).isEqualTo(TicketState.ADMITTED);
        assertThat(pending()).isEqualTo(1);
        assertThat(left()).isEqualTo("1");
    }

    @Test
    void aCancellationMayComeBeforeItsOrder() {
        announce(1, 1);
        Ticket ticket = admitted(ada);

        cancelled(ticket, 1, 3);
        ordered(ticket, ada, 0, 2);

        assertThat(left()).isEqualTo("1");
        assertThat(pending()).isZero();
        assertThat(tickets.heldBy(ada, sale).join()).isEmpty();
        assertThat(state(ticket)).isEqualTo(TicketState.ORDERED);
    }

    @Test
    void keepsTheNewerVersionsLeft() {
        announce(5, 1);
        Ticket adas = admitted(ada);
        Ticket bobs = admitted(bob);

        ordered(bobs, bob, 3, 10); // as a number, not as a text
        ordered(adas, ada, 4, 9);

        assertThat(left()).isEqualTo("3");
    }

    @Test
    void learnsTheBuyerFromTheOrderWhereRedisLostTheTicket() {
        announce(5, 1);

        ordered(Ticket.next(sale), ada, 4, 2);

        assertThat(admit(ada).verdict()).isEqualTo(HELD);
    }

    @Test
    void theOrderTakesThePlaceOfASecondTicketWhereRedisLostTheFirst() {
        announce(5, 1);
        Ticket second = admitted(ada);
        Ticket first = Ticket.next(sale);

        ordered(first, ada, 4, 2);
        tickets.refused(second, ada, "ALREADY_BOUGHT", 4, 2).join();

        assertThat(tickets.heldBy(ada, sale).join()).contains(first);
        assertThat(pending()).isZero();
    }

    @Test
    void countsAnewWhereAnOutcomeWasHeardBeforeTheAnnouncement() {
        ordered(Ticket.next(sale), ada, 4, 2);
        assertThat(admit(bob).verdict()).isEqualTo(UNKNOWN);

        announce(5, 1);

        assertThat(admit(bob).verdict())
                .as("nobody buys what was not announced")
                .isEqualTo(RECOUNTING);
        counted(4, 2, markerAsked());
        assertThat(left()).isEqualTo("4");
        assertThat(admit(ada).verdict()).isEqualTo(HELD);
        assertThat(admit(bob).verdict()).isEqualTo(ADMITTED);
    }

    // announce

    @Test
    void aClosedSaleIsNotReopenedByItsAnnouncement() {
        announce(5, 1);
        close(7);

        announce(5, 1);

        assertThat(admit(ada).verdict()).isEqualTo(CLOSED);
        assertThat(left()).isEqualTo("0");
    }

    @Test
    void aLateAnnouncementOpensASaleThatHasNotBegunAndNoOther() {
        Instant longAgo = Instant.now().minusSeconds(600);
        sales.on(new SaleAnnounced(Ids.next(), longAgo, sale, order, PRICE, closes, closes.plusSeconds(1), 5, 5, 1));
        assertThat(admit(ada).verdict()).isEqualTo(NOT_OPEN);
        lose();

        sales.on(new SaleAnnounced(Ids.next(), longAgo, sale, order, PRICE, opened, closes, 5, 5, 1));

        assertThat(admit(ada).verdict()).as("its left is of long ago").isEqualTo(RECOUNTING);
    }

    @Test
    void whatWasHeardOfIsNotJustAnnouncedWhateverTheTellersClockSays() {
        announce(5, 1);
        lose();
        Instant ahead = Instant.now().plusSeconds(600);

        sales.on(new SaleAnnounced(Ids.next(), ahead, sale, order, PRICE, opened, closes, 5, 5, 1));

        assertThat(admit(ada).verdict()).isEqualTo(RECOUNTING);
    }

    @Test
    void aRepeatedAnnouncementDoesNotOpenWhatWasLost() {
        announce(5, 1);
        admitted(ada);
        lose();

        announce(5, 1);

        assertThat(admit(ada).verdict()).isEqualTo(RECOUNTING);
    }

    // recount

    @Test
    void admitsNobodyUntilTheSaleIsCounted() {
        announce(5, 1);
        admitted(ada);
        lose();
        assertThat(admit(bob).verdict()).isEqualTo(UNKNOWN);

        recounts.begin(sale).join();

        assertThat(admit(bob).verdict()).isEqualTo(RECOUNTING);
        counted(4, 2, markerAsked());
        assertThat(left()).isEqualTo("4");
        assertThat(admit(bob).verdict()).isEqualTo(ADMITTED);
        assertThat(expiry(SaleKeys.of(sale).sale()))
                .isGreaterThan(closes.plus(Duration.ofHours(23)).toEpochMilli());
    }

    @Test
    void takesAnyAnswerToTheRecountThatIsUnderWayHoweverLate() {
        announce(5, 1);
        lose();
        recounts.begin(sale).join();
        UUID marker = markerAsked();
        recounts.begin(sale).join();
        askedLongAgo();
        recounts.begin(sale).join();
        assertThat(markerAsked()).as("asked again").isEqualTo(marker);

        counted(3, 3, marker);

        assertThat(admit(ada).verdict()).isEqualTo(ADMITTED);
        counted(4, 2, marker);
        assertThat(left()).as("of the newer version").isEqualTo("3");
    }

    @Test
    void takesNoAnswerToAnEarlierRecount() {
        announce(5, 1);
        lose();
        recounts.begin(sale).join();
        UUID earlier = markerAsked();
        counted(3, 3, earlier);
        assertThat(admit(ada).verdict()).isEqualTo(ADMITTED);
        lose();
        recounts.begin(sale).join();

        counted(3, 3, earlier);

        assertThat(admit(bob).verdict()).as("what ada bought is not in it").isEqualTo(RECOUNTING);
    }

    @Test
    void anAnswerOpensNothingThatIsNotRecounted() {
        announce(5, 1);
        counted(4, 2, Ids.next());
        assertThat(left()).isEqualTo("4");
        recounts.begin(sale).join();
        assertThat(admit(ada).verdict()).as("there was nothing to recount").isEqualTo(ADMITTED);

        lose();
        counted(5, 3, Ids.next());
        assertThat(admit(bob).verdict()).as("heard of, and so recounted").isEqualTo(RECOUNTING);

        close(4);
        counted(5, 5, Ids.next());
        assertThat(admit(bob).verdict()).isEqualTo(CLOSED);
    }

    @Test
    void outcomesAreKeptDuringARecount() {
        announce(5, 1);
        lose();
        recounts.begin(sale).join();

        ordered(Ticket.next(sale), ada, 3, 7);
        counted(4, 6, markerAsked());

        assertThat(left()).isEqualTo("3");
        assertThat(admit(ada).verdict()).isEqualTo(HELD);
    }

    @Test
    void remembersTheSalesThatRedisForgets() {
        announce(5, 1);
        ask(commands -> commands.del("seckill:{sales}:index"));

        known.exchange().join();

        assertThat(forgotten(sale))
                .isEqualTo((double) closes.plus(Duration.ofDays(1)).toEpochMilli());
        UUID elsewhere = Ids.next();
        ask(commands -> commands.zadd("seckill:{sales}:index", 4e12, elsewhere.toString()));
        UUID over = Ids.next();
        ask(commands -> commands.zadd("seckill:{sales}:index", 1, over.toString()));
        known.exchange().join();
        assertThat(known.after(sale, 1_000_000)).contains(sale, elsewhere).doesNotContain(over);
        assertThat(forgotten(over)).isNull();
    }

    // reconcile

    @Test
    void looksAtATicketWhenItsTimeHasCome() {
        announce(5, 1);
        Ticket ticket = admitted(ada);
        assertThat(overdue(true)).isEmpty();
        assertThat(tickets.retry(ticket, true).join()).isEmpty();

        comes(ticket);

        assertThat(overdue(false)).containsExactly(ticket);
        assertThat(tickets.retry(ticket, false).join()).contains(new Tickets.Attempt(ticket, ada, 2));
        assertThat(tickets.retry(ticket, false).join()).as("somebody has it").isEmpty();
        assertThat(overdue(true)).isEmpty();
    }

    @Test
    void givesOverdueTicketsToOneGatewayAtATime() {
        announce(5, 1);
        comes(admitted(ada));

        assertThat(tickets.overdue(sale, "one", true, 10).join().tickets()).hasSize(1);
        assertThat(tickets.overdue(sale, "another", true, 10).join().tickets()).isEmpty();
        assertThat(tickets.overdue(sale, "one", true, 10).join().tickets()).hasSize(1);
        ask(commands -> commands.del(SaleKeys.of(sale).lease())); // it runs out
        assertThat(tickets.overdue(sale, "another", true, 10).join().tickets()).hasSize(1);
    }

    @Test
    void triesAQueuedTicketAgainOnlyWhenTheQueueIsEmptyAndEverMoreRarely() {
        announce(5, 1);
        Ticket ticket = admitted(ada);
        queued(ticket);
        assertThat(overdue(true)).isEmpty();
        comes(ticket);
        assertThat(overdue(false)).isEmpty();
        assertThat(tickets.retry(ticket, false).join()).isEmpty();

        List<Long> waits = IntStream.range(0, 8)
                .mapToObj(attempt -> {
                    assertThat(overdue(true)).containsExactly(ticket);
                    assertThat(tickets.retry(ticket, true).join()).isPresent();
                    double due =
                            -ask(commands -> commands.zscore(SaleKeys.of(sale).pending(), ticket.toString()));
                    comes(ticket);
                    return Math.round((due - System.currentTimeMillis()) / RECONCILE_AFTER.toMillis());
                })
                .toList();

        assertThat(waits).containsExactly(2L, 4L, 8L, 16L, 32L, 60L, 60L, 60L);
        assertThat(state(ticket)).isEqualTo(TicketState.QUEUED);
    }

    @Test
    void worksThroughTheLongestOverdueFirst() {
        announce(200, 1);
        List<Ticket> all = IntStream.range(0, 120)
                .mapToObj(number -> admitted(UUID.randomUUID()))
                .toList();
        for (int number = 0; number < all.size(); number++) {
            int due = all.size() - number;
            Ticket ticket = all.get(number);
            ask(commands -> commands.zadd(SaleKeys.of(sale).pending(), due, ticket.toString()));
        }

        List<Ticket> first = overdue(true);

        assertThat(first).hasSize(100).startsWith(all.get(119)).doesNotContain(all.get(0));
    }

    @Test
    void anAttemptThatWasTakenIsNoLongerReleasedAndIsQueuedByAnyConfirm() {
        announce(5, 1);
        Ticket ticket = admitted(ada);
        comes(ticket);
        tickets.retry(ticket, false).join();

        assertThat(tickets.release(ticket).join()).isFalse();
        assertThat(queued(ticket)).containsExactly("QUEUED");

        assertThat(state(ticket)).isEqualTo(TicketState.QUEUED);
        assertThat(pending()).isEqualTo(1);
    }

    @Test
    void aSettledTicketIsNeverTriedAgain() {
        announce(5, 1);
        Ticket ticket = admitted(ada);
        comes(ticket);
        ordered(ticket, ada, 4, 2);

        assertThat(tickets.retry(ticket, true).join()).isEmpty();
        assertThat(pending()).isZero();
    }

    @Test
    void aTicketThatWasLostGivesItsUnitBackOnceTheQueueIsEmpty() {
        announce(1, 1);
        Ticket ticket = admitted(ada);
        ask(commands -> commands.del(ticket.key()));
        comes(ticket);

        assertThat(tickets.retry(ticket, false).join()).isEmpty();
        assertThat(admit(bob).verdict()).isEqualTo(TAKEN);
        comes(ticket);
        assertThat(tickets.retry(ticket, true).join()).isEmpty();

        assertThat(admit(bob).verdict()).isEqualTo(ADMITTED);
    }

    // keys

    @Test
    void noScriptTouchesTwoSlots() {
        Pattern tag = Pattern.compile("\\{[^}]+}");
        SaleKeys keys = SaleKeys.of(sale);
        assertThat(List.of(
                        keys.sale(),
                        keys.buyers(),
                        keys.pending(),
                        keys.lease(),
                        Ticket.next(sale).key()))
                .allSatisfy(key -> assertThat(tag.matcher(key).results().map(MatchResult::group))
                        .as(key)
                        .containsExactly("{" + sale + "}"));
    }

    @Test
    void forgetsEverythingADayAfterTheSale() {
        announce(5, 1);
        Ticket ticket = admitted(ada);
        Ticket lost = Ticket.next(sale);
        ordered(lost, bob, 4, 2);
        UUID unannounced = Ids.next();
        Ticket early = Ticket.next(unannounced);
        ordered(early, bob, 4, 2);

        SaleKeys keys = SaleKeys.of(sale);
        long end = closes.plus(Duration.ofDays(1)).toEpochMilli();
        for (String key : List.of(keys.sale(), keys.buyers(), keys.pending(), ticket.key(), lost.key())) {
            assertThat(expiry(key)).as(key).isBetween(end - 2000, end + 2000);
        }
        SaleKeys unknown = SaleKeys.of(unannounced);
        for (String key : List.of(unknown.sale(), unknown.buyers(), early.key())) {
            long remaining = ask(commands -> commands.pttl(key));
            assertThat(remaining).as(key).isPositive();
        }
    }

    @Test
    void runsAScriptThatRedisForgot() {
        announce(5, 1);
        ask(RedisClusterAsyncCommands::scriptFlush);

        assertThat(admit(ada).verdict()).isEqualTo(ADMITTED);
    }

    // whatever the order

    static List<Long> seeds() {
        return new Random(20260601).longs(40).boxed().toList();
    }

    /** Whatever is repeated and in whichever order it is heard, the end is the same, and nothing is pending. */
    @ParameterizedTest
    @MethodSource("seeds")
    void convergesWhateverTheOrder(long seed) {
        Random random = new Random(seed);
        int allotment = 20;
        announce(allotment, 1);
        int left = allotment;
        long version = 1;
        Map<Ticket, TicketState> states = new HashMap<>();
        Map<UUID, Ticket> holders = new HashMap<>();
        List<Runnable> heard = new ArrayList<>(List.of(() -> announce(allotment, 1)));
        for (int number = 0; number < allotment; number++) {
            UUID buyer = UUID.randomUUID();
            Ticket ticket = admitted(buyer);
            int nowLeft = left;
            long nowVersion = version;
            switch (random.nextInt(4)) {
                case 0 -> {
                    heard.add(() -> tickets.refused(ticket, buyer, "SOLD_OUT", nowLeft, nowVersion)
                            .join());
                    states.put(ticket, TicketState.REFUSED);
                }
                case 1 -> {
                    heard.add(() -> ordered(ticket, buyer, nowLeft - 1, nowVersion + 1));
                    heard.add(() -> cancelled(ticket, nowLeft, nowVersion + 2));
                    version += 2;
                    states.put(ticket, TicketState.ORDERED);
                }
                default -> {
                    heard.add(() -> ordered(ticket, buyer, nowLeft - 1, nowVersion + 1));
                    left--;
                    version++;
                    states.put(ticket, TicketState.ORDERED);
                    holders.put(buyer, ticket);
                }
            }
            heard.add(() -> queued(ticket));
        }
        IntStream.range(0, heard.size())
                .filter(number -> random.nextBoolean())
                .boxed()
                .toList()
                .forEach(number -> heard.add(heard.get(number)));
        Collections.shuffle(heard, random);

        heard.forEach(Runnable::run);

        assertThat(left()).isEqualTo(String.valueOf(left));
        assertThat(pending()).isZero();
        states.forEach((ticket, state) -> assertThat(state(ticket)).isEqualTo(state));
        Map<UUID, Ticket> held = new HashMap<>();
        ask(commands -> commands.hgetall(SaleKeys.of(sale).buyers()))
                .forEach((buyer, ticket) -> held.put(UUID.fromString(buyer), Ticket.of(ticket)));
        assertThat(held).isEqualTo(holders);
    }

    private void announce(int left, long version) {
        sales.on(announcement(left, version, opened, closes));
    }

    private void counted(int left, long version, UUID marker) {
        sales.on(new SaleCounted(
                Ids.next(), Instant.now(), sale, order, PRICE, opened, closes, false, left, version, marker));
    }

    /** The marker of the recount that is under way. */
    private UUID markerAsked() {
        return UUID.fromString(ask(commands -> commands.hget(SaleKeys.of(sale).sale(), "marker")));
    }

    private void askedLongAgo() {
        ask(commands -> commands.hset(SaleKeys.of(sale).sale(), "asked", "1"));
    }

    /** As if Redis had been killed and had come back without its data. */
    private void lose() {
        SaleKeys keys = SaleKeys.of(sale);
        ask(commands -> commands.del(keys.sale(), keys.buyers(), keys.pending()));
    }

    private @Nullable Double forgotten(UUID sale) {
        return redis.call(commands -> commands.zscore("seckill:{sales}:index", sale.toString()))
                .join();
    }

    /** Lets the time come at which the reconciler looks at the ticket. */
    private void comes(Ticket ticket) {
        double due = ask(commands -> commands.zscore(SaleKeys.of(sale).pending(), ticket.toString()));
        ask(commands -> commands.zadd(SaleKeys.of(sale).pending(), Math.signum(due), ticket.toString()));
    }

    private List<Ticket> overdue(boolean queueEmpty) {
        return tickets.overdue(sale, "this gateway", queueEmpty, 100).join().tickets();
    }

    private SaleAnnounced announcement(int left, long version, Instant opens, Instant closes) {
        return new SaleAnnounced(Ids.next(), Instant.now(), sale, order, PRICE, opens, closes, left, left, version);
    }

    private void close(long version) {
        sales.on(new SaleClosed(Ids.next(), Instant.now(), sale, order, PRICE, opened, closes, 5, 0, version));
    }

    private Tickets.Admission admit(UUID buyer) {
        return tickets.admit(Ticket.next(sale), buyer).join();
    }

    private Ticket admitted(UUID buyer) {
        Ticket ticket = Ticket.next(sale);
        assertThat(tickets.admit(ticket, buyer).join().verdict()).isEqualTo(ADMITTED);
        return ticket;
    }

    private void ordered(Ticket ticket, UUID buyer, int left, long version) {
        List<Tickets.Ordered> orders = List.of(new Tickets.Ordered(ticket, buyer, order));
        tickets.ordered(ticket.sale(), orders, left, version).join();
    }

    private void cancelled(Ticket ticket, int left, long version) {
        tickets.cancelled(ticket, "", order, left, version).join();
    }

    private TicketState state(Ticket ticket) {
        return tickets.find(ticket).join().orElseThrow().state();
    }

    private long pending() {
        return ask(commands -> commands.zcard(SaleKeys.of(sale).pending()));
    }

    private String left() {
        return ask(commands -> commands.hget(SaleKeys.of(sale).sale(), "left"));
    }

    private long expiry(String key) {
        return System.currentTimeMillis() + ask(commands -> commands.pttl(key));
    }

    private <T> T ask(Function<RedisClusterAsyncCommands<String, String>, ? extends CompletionStage<T>> command) {
        return redis.call(command).join();
    }

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration(DataRedisAutoConfiguration.class)
    @EnableConfigurationProperties(SeckillProperties.class)
    @ComponentScan(basePackageClasses = Redis.class)
    @Import({Sales.class, KnownSales.class, Recounts.class, Tickets.class})
    static class Scripts {

        /** Nobody hears the questions. */
        @Bean
        CommandQueue deaf() {
            CommandQueue queue = mock();
            when(queue.send(any(), any(), any())).thenReturn(CompletableFuture.completedFuture(Outcome.CONFIRMED));
            return queue;
        }
    }

    private List<String> queued(Ticket... these) {
        return tickets.queued(sale, List.of(these)).join();
    }
}
