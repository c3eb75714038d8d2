package shop.system;

import static shop.system.SaleShop.GATEWAY;
import static shop.system.SaleShop.ORDERS;
import static shop.system.SaleShop.SECOND;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import shop.playground.client.Buyer;
import shop.playground.proxy.Proxy;
import shop.playground.proxy.Traffic;
import shop.playground.servers.BreakableServer;
import shop.playground.servers.Kind;
import shop.playground.servers.Redis;
import shop.playground.shop.Service;

/**
 * Several things break at once in the middle of a rush, at random; whatever it is, the books agree once it is mended. Each
 * schedule prints its seed. {@code -Dsale.schedules=N} runs so many of them, {@code -Dsale.seed=S} begins with that seed
 * instead of 1: {@code -Dsale.seed=7 -Dsale.schedules=1} repeats the seventh.
 */
@WithSaleShop
class SaleScheduleIT {
    private static final int SCHEDULES = 20;
    private static final int UNITS = 250;
    private static final int BUYERS = 400;
    private static final int BEGIN_WITHIN_MILLIS = 2_500;
    private static final int LAST_MILLIS = 2_000;

    private static final int WILD = 100;
    private static final Duration SOON_OVER = Duration.ofSeconds(8);

    private static final List<Held> HELD = List.of(
            new Held("publishes of purchases", GATEWAY, Kind.RABBITMQ, Traffic.PUBLISHES),
            new Held("confirms of purchases", GATEWAY, Kind.RABBITMQ, Traffic.CONFIRMS),
            new Held("admissions", GATEWAY, Kind.REDIS, Traffic.saying(RedisScript.digest("admit"))),
            new Held("answers of Redis", GATEWAY, Kind.REDIS, Traffic.TO_CLIENT),
            new Held("settling", GATEWAY, Kind.REDIS, Traffic.saying(RedisScript.digest("settle"))),
            new Held("deliveries to the drain", ORDERS, Kind.RABBITMQ, Traffic.DELIVERIES),
            new Held("acknowledgements of the drain", ORDERS, Kind.RABBITMQ, Traffic.ACKS),
            new Held("confirms of outcomes", ORDERS, Kind.RABBITMQ, Traffic.CONFIRMS),
            new Held("orders to the database", ORDERS, Kind.POSTGRES, Traffic.saying("insert into purchases")),
            new Held("commits", ORDERS, Kind.POSTGRES, Traffic.saying("COMMIT")));

    private final SaleShop shop;

    SaleScheduleIT(SaleShop shop) {
        this.shop = shop;
    }

    static LongStream seeds() {
        long first = Long.getLong("sale.seed", 1);
        return LongStream.range(first, first + Integer.getInteger("sale.schedules", SCHEDULES));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void everyUnitIsSoldOnceWhateverBreaks(long seed) {
        // seeds that are neighbours would begin alike in a Random
        Random random = new Random(new SplittableRandom(seed).nextLong());
        boolean closes = random.nextInt(3) == 0;
        boolean repeats = random.nextInt(3) == 0;
        List<Buyer> buyers = shop.buyers(BUYERS);
        String sale = closes ? shop.openSale(UNITS, SOON_OVER) : shop.openSale(UNITS);
        AuditedRush rush = shop.rush(sale, UNITS, buyers);
        List<Fault> faults = faults(rush, random, closes);
        System.out.printf(
                "Schedule %d%s%s: %s%n",
                seed,
                closes ? ", the sale closes after " + SOON_OVER.toSeconds() + " s" : "",
                repeats ? ", outcomes come again" : "",
                faults.stream().map(Fault::toString).collect(Collectors.joining(", ")));

        rush.awaitAccepted(1);
        CompletableFuture.allOf(faults.stream().map(Fault::happen).toArray(CompletableFuture[]::new))
                .join();
        shop.mend();
        if (repeats) {
            shop.repeatOutcomes(sale, random);
        }

        if (closes) {
            rush.checkClosed();
        } else if (faults.stream().anyMatch(Fault::forgets)) {
            rush.checkAfterDataLoss();
        } else {
            rush.check();
        }
    }

    /** Three to six, each of something else. */
    private List<Fault> faults(AuditedRush rush, Random random, boolean closes) {
        List<Fault> all = new ArrayList<>(List.of(
                ofService(GATEWAY, random),
                ofService(SECOND, random),
                ofService(ORDERS, random),
                ofServer("broker", shop.shop().rabbitMq(), random),
                ofCounts(random, closes),
                ofServer("database", shop.shop().postgres(), random),
                ofTraffic(random),
                at("cut connections", () -> shop.shop().proxies().forEach(Proxy::cut), () -> {}, random),
                at("wild clicks", () -> rush.clickWildly(WILD, random), () -> {}, random)));
        Collections.shuffle(all, random);
        return all.subList(0, 3 + random.nextInt(4));
    }

    /** A death may cost the data; not in a sale that closes, where nobody could ask again for a lost ticket. */
    private Fault ofCounts(Random random, boolean closes) {
        Redis redis = shop.shop().redis();
        if (random.nextInt(3) > 0 || closes) {
            return ofServer("redis", redis, random);
        }
        Runnable comesBack = () -> {
            redis.wipe();
            redis.start();
        };
        return at("redis without its data", redis::kill, comesBack, random).forgetting();
    }

    /** Held up at a point at which a death or a doubt matters; then sent on, or lost with its connection. */
    private Fault ofTraffic(Random random) {
        Held held = HELD.get(random.nextInt(HELD.size()));
        String service = held.service().equals(GATEWAY) && random.nextBoolean() ? SECOND : held.service();
        Proxy proxy = shop.shop().proxy(service, held.server());
        String what = "%s of %s".formatted(held.name(), service);
        return random.nextBoolean()
                ? at("hold " + what, () -> proxy.hold(held.traffic()), proxy::release, random)
                : at("lose " + what, () -> proxy.hold(held.traffic()), proxy::cut, random);
    }

    private Fault ofService(String name, Random random) {
        Service service = shop.service(name);
        return random.nextBoolean()
                ? at("kill " + name, () -> shop.kill(name), service::start, random)
                : at("freeze " + name, service::freeze, service::thaw, random);
    }

    private static Fault ofServer(String name, BreakableServer server, Random random) {
        return random.nextBoolean()
                ? at("kill " + name, server::kill, server::start, random)
                : at("freeze " + name, server::freeze, server::thaw, random);
    }

    private static Fault at(String what, Runnable deed, Runnable mending, Random random) {
        return new Fault(what, random.nextInt(BEGIN_WITHIN_MILLIS), random.nextInt(LAST_MILLIS), deed, mending, false);
    }

    /** What goes from or to a service by its proxy to a server. */
    private record Held(String name, String service, Kind server, Traffic traffic) {}

    /** Something breaks, so many milliseconds from now, and is mended, so many milliseconds later. */
    private record Fault(String what, int at, int lasts, Runnable deed, Runnable mending, boolean forgets) {

        /** And Redis forgets what it knew. */
        Fault forgetting() {
            return new Fault(what, at, lasts, deed, mending, true);
        }

        CompletableFuture<Void> happen() {
            return CompletableFuture.runAsync(deed, in(at)).thenRunAsync(mending, in(lasts));
        }

        private static Executor in(int millis) {
            Executor own = task -> new Thread(task, "fault").start(); // starting a service takes long
            return CompletableFuture.delayedExecutor(millis, TimeUnit.MILLISECONDS, own);
        }

        @Override
        public String toString() {
            return "%s at %d ms for %d ms".formatted(what, at, lasts);
        }
    }
}
