package shop.seckill.purchase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static shop.seckill.purchase.Tickets.Verdict.ADMITTED;
import static shop.seckill.purchase.Tickets.Verdict.CLOSED;
import static shop.seckill.purchase.Tickets.Verdict.HELD;
import static shop.seckill.purchase.Tickets.Verdict.NOT_OPEN;
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
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import shop.events.Money;
import shop.events.SaleAnnounced;
import shop.events.SaleClosed;
import shop.events.SaleUnit;
import shop.messaging.Ids;
import shop.playground.servers.Kind;
import shop.playground.servers.WithServers;
import shop.seckill.SeckillProperties;
import shop.seckill.redis.Redis;
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
    void remindsALateBuyerOfTheirTicket() {
        announce(5, 1);
        Ticket ticket = admitted(ada);
        close(2);

        assertThat(admit(ada)).isEqualTo(new Tickets.Admission(CLOSED, ticket, null));
        assertThat(admit(bob)).isEqualTo(new Tickets.Admission(CLOSED, null, null));
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
        assertThat(tickets.queued(ticket).join()).containsExactly("QUEUED");
        assertThat(state(ticket)).isEqualTo(TicketState.QUEUED);
        assertThat(tickets.queued(ticket).join()).containsExactly("UNCHANGED");

        ordered(ticket, ada, 4, 2);
        assertThat(tickets.queued(ticket).join())
                .as("the outcome overtook the confirm")
                .containsExactly("UNCHANGED");
        assertThat(state(ticket)).isEqualTo(TicketState.ORDERED);

        Ticket nobodys = Ticket.next(sale);
        assertThat(tickets.queued(nobodys).join()).containsExactly("UNCHANGED");
        assertThat(tickets.find(nobodys).join()).isEmpty();
    }

    @Test
    void releasesWhatReachedNoQueue() {
        announce(1, 1);
        Ticket ticket = admitted(ada);

        assertThat(tickets.release(ticket).join()).containsExactly("RELEASED");

        assertThat(tickets.release(ticket).join()).containsExactly("UNCHANGED");
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
        tickets.queued(queued).join();
        assertThat(tickets.release(queued).join()).containsExactly("UNCHANGED");

        Ticket triedAgain = admitted(bob);
        ask(commands -> commands.hset(triedAgain.key(), "attempt", "2"));
        assertThat(tickets.release(triedAgain).join()).containsExactly("UNCHANGED");

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
    void aRefusalFreesTheBuyer() {
        announce(5, 1);
        Ticket ticket = admitted(ada);

        assertThat(tickets.refused(ticket, ada, "SALE_CLOSED", 5, 1).join()).containsExactly("SETTLED");
        assertThat(tickets.refused(ticket, ada, "SALE_CLOSED", 5, 1).join()).containsExactly("UNCHANGED");

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
    void hearsOutcomesBeforeTheAnnouncement() {
        Ticket ticket = Ticket.next(sale);
        ordered(ticket, ada, 4, 2);
        assertThat(admit(bob).verdict()).isEqualTo(UNKNOWN);

        announce(5, 1);

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
            heard.add(() -> tickets.queued(ticket).join());
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
        SaleUnit unit = new SaleUnit(ticket.sale(), ticket.toString(), left, version);
        tickets.ordered(ticket, buyer, order, unit).join();
    }

    private void cancelled(Ticket ticket, int left, long version) {
        tickets.cancelled(ticket, order, new SaleUnit(ticket.sale(), ticket.toString(), left, version))
                .join();
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
    @Import({Sales.class, Tickets.class})
    static class Scripts {}
}
