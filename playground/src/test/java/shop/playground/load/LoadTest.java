package shop.playground.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LoadTest {

    private static final Duration STALL = Duration.ofMillis(300);

    private final AtomicInteger requests = new AtomicInteger();
    private final Collection<String> heads = new ConcurrentLinkedQueue<>();
    private final Set<InetSocketAddress> clients = Collections.synchronizedSet(new HashSet<>());
    private final CountDownLatch never = new CountDownLatch(1);
    private HttpServer server;

    @BeforeEach
    void startAServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.createContext("/stalls-once", exchange -> {
            if (requests.get() == 100) {
                pause(STALL);
            }
            answer(exchange);
        });
        server.createContext("/hangs-up-once", exchange -> {
            if (requests.incrementAndGet() == 1) {
                exchange.close();
            } else {
                answer(exchange);
            }
        });
        server.createContext("/never", exchange -> pause(Duration.ofMinutes(1)));
        server.createContext("/in-pieces", exchange -> {
            exchange.sendResponseHeaders(200, 0); // which is "chunked" here
            for (int piece = 0; piece < 3; piece++) {
                exchange.getResponseBody().write("piece ".getBytes(StandardCharsets.UTF_8));
                exchange.getResponseBody().flush();
            }
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stopTheServer() {
        never.countDown();
        server.stop(0);
    }

    @Test
    void doesEveryErrandOverConnectionsThatStayOpen() {
        List<String> answers = new ArrayList<>();
        Request request = Request.post("/things?a=b", "{\"name\": \"\u00fc\"}").withToken("t0ken");

        Measured measured = Load.closed(here(), 4)
                .run(times(100, () -> Errand.once(request, reply -> answers.add(reply.status() + reply.body()))));

        assertThat(answers).hasSize(100).containsOnly("201{\"name\": \"\u00fc\"}");
        assertThat(heads).hasSize(100).containsOnly("POST /things?a=b Bearer t0ken application/json");
        assertThat(clients).hasSizeLessThanOrEqualTo(4);
        assertThat(measured.answers()).isEqualTo(100);
        assertThat(measured.errors()).isZero();
        assertThat(measured.latencies().getTotalCount()).isEqualTo(100);
        assertThat(measured.percentile(50)).isPositive().isLessThanOrEqualTo(measured.max());
        assertThat(measured.rate()).isPositive();
    }

    @Test
    void readsAnswersThatComeInPieces() {
        List<String> answers = new ArrayList<>();

        Load.closed(here(), 1)
                .run(times(2, () -> Errand.once(Request.get("/in-pieces"), reply -> answers.add(reply.body()))));

        assertThat(answers).containsExactly("piece piece piece ", "piece piece piece ");
    }

    @Test
    void sendsAtTheRateThatItIsTold() {
        Measured measured = Load.open(here(), 8, 1_000).run(times(500, () -> get("/")));

        assertThat(measured.answers()).isEqualTo(500);
        assertThat(measured.took()).isBetween(Duration.ofMillis(499), Duration.ofSeconds(3));
    }

    @Test
    void anOpenLoadSeesAStallInEveryRequestThatWasMeantToBeginInIt() {
        Measured measured = Load.open(here(), 4, 500).run(times(500, () -> get("/stalls-once")));

        assertThat(measured.percentile(99)).isGreaterThan(Duration.ofMillis(200)); // 150 requests were meant for then
        assertThat(measured.percentile(85)).isGreaterThan(Duration.ofMillis(50));
    }

    @Test
    void aClosedLoadSeesItInThoseAloneThatWereUnderWay() {
        Measured measured = Load.closed(here(), 4).run(times(500, () -> get("/stalls-once")));

        assertThat(measured.max()).isGreaterThan(STALL);
        assertThat(measured.percentile(95)).isLessThan(Duration.ofMillis(200));
    }

    @Test
    void anErrandGoesOnAfterThePauseThatItAskedFor() {
        List<Long> sent = new ArrayList<>();
        Errand thrice = new Errand() {
            @Override
            public Request request() {
                sent.add(System.nanoTime());
                return Request.get("/");
            }

            @Override
            public Optional<Duration> heard(Reply reply) {
                return sent.size() < 3 ? Optional.of(Duration.ofMillis(50)) : OVER;
            }

            @Override
            public Optional<Duration> unheard() {
                throw new AssertionError();
            }
        };

        Measured measured = Load.closed(here(), 1).run(List.of(thrice).iterator());

        assertThat(measured.answers()).isEqualTo(3);
        assertThat(sent.get(2) - sent.get(0)).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(100));
        assertThat(measured.max()).as("pauses are no latency").isLessThan(measured.took());
    }

    @Test
    void countsALostConnectionAndMakesItAnew() {
        Measured measured = Load.closed(here(), 1).run(times(3, () -> get("/hangs-up-once")));

        assertThat(measured.errors()).isEqualTo(1);
        assertThat(measured.answers()).isEqualTo(2);
    }

    @Test
    void countsWhatIsRefused() throws IOException {
        int port = server.getAddress().getPort();
        server.stop(0);

        Measured measured =
                Load.closed(List.of(URI.create("http://127.0.0.1:" + port)), 2).run(times(3, () -> get("/")));

        assertThat(measured.errors()).isEqualTo(3);
        assertThat(measured.answers()).isZero();
        assertThat(measured.max()).isZero();
    }

    @Test
    void countsWhatIsLateAndLooksNoFurther() {
        Measured measured =
                Load.closed(here(), 1).patience(Duration.ofMillis(100)).run(times(1, () -> get("/never")));

        assertThat(measured.errors()).isEqualTo(1);
        assertThat(measured.took()).isBetween(Duration.ofMillis(100), Duration.ofSeconds(5));
    }

    @Test
    void endsWhenItIsToldTo() {
        Load load = Load.closed(here(), 2);
        Thread stopper = new Thread(() -> {
            await().until(() -> requests.get() >= 10);
            load.stop();
        });
        stopper.start();

        Measured measured = load.run(times(Integer.MAX_VALUE, () -> get("/")));

        assertThat(measured.answers()).isBetween(8L, 1_000_000L);
        assertThat(load.run(times(1, () -> get("/"))).answers())
                .as("and stays so")
                .isZero();
    }

    @Test
    void endsWithWhatAnErrandThrows() {
        Errand throwing = Errand.once(Request.get("/"), reply -> {
            throw new IllegalStateException("an answer that nobody should get");
        });

        assertThatThrownBy(() -> Load.closed(here(), 2).run(times(5, () -> throwing)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("an answer that nobody should get");
    }

    @Test
    void dealsItsConnectionsOutToItsTargets() throws IOException {
        HttpServer second = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        AtomicInteger seconds = new AtomicInteger();
        second.createContext("/", exchange -> {
            seconds.incrementAndGet();
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        second.start();
        try {
            List<URI> both = List.of(
                    here().get(0),
                    URI.create("http://127.0.0.1:" + second.getAddress().getPort()));

            Measured measured = Load.closed(both, 2).run(times(100, () -> get("/")));

            assertThat(measured.answers()).isEqualTo(100);
            assertThat(seconds).hasValueBetween(1, 99);
            assertThat(requests).hasValue(100 - seconds.get());
        } finally {
            second.stop(0);
        }
    }

    private static Errand get(String path) {
        return Errand.once(Request.get(path), reply -> {});
    }

    private static Iterator<Errand> times(int times, Supplier<Errand> errand) {
        return Stream.generate(errand).limit(times).iterator();
    }

    private List<URI> here() {
        return List.of(URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/"));
    }

    private void answer(HttpExchange exchange) throws IOException {
        requests.incrementAndGet();
        clients.add(exchange.getRemoteAddress());
        heads.add("%s %s %s %s"
                .formatted(
                        exchange.getRequestMethod(),
                        exchange.getRequestURI(),
                        exchange.getRequestHeaders().getFirst("Authorization"),
                        exchange.getRequestHeaders().getFirst("Content-Type")));
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(201, body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
        }
    }

    /** Holds up the server's only thread. */
    private void pause(Duration time) {
        try {
            assertThat(never.await(time.toMillis(), TimeUnit.MILLISECONDS)).isFalse();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
