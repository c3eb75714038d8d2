package shop.benchmarks;

import com.rabbitmq.client.AMQP.BasicProperties;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import shop.events.Money;
import shop.events.PurchaseCommand;
import shop.events.SaleAnnounced;
import shop.messaging.Ids;
import shop.messaging.MessageJson;
import shop.playground.load.Errand;
import shop.playground.load.Load;
import shop.playground.load.Measured;
import shop.playground.load.Request;
import shop.playground.servers.RabbitMq;

/** The crowd before the gateway, and the parts of the gateway's work each by itself. Every measurement has a sale of its own. */
final class DoorRun {
    static final int CONNECTIONS = 64;
    static final String QUEUE = "seckill.purchases";

    private static final int CONNECTIONS_AT_A_FIXED_RATE = 128;
    private static final Duration ANNOUNCED = Duration.ofSeconds(30);

    private final MeasuredGateway gateway;
    private final RabbitMq rabbit;
    private final AdmitScript script;
    private final List<String> tokens;
    private final MessageJson json = new MessageJson();

    DoorRun(MeasuredGateway gateway, RabbitMq rabbit, AdmitScript script, List<String> tokens) {
        this.gateway = gateway;
        this.rabbit = rabbit;
        this.script = script;
        this.tokens = tokens;
    }

    /** How large the body of a purchase is. */
    int purchaseBytes() {
        UUID sale = Ids.next();
        return json.write(new PurchaseCommand(sale + "." + Ids.next(), sale, UUID.randomUUID(), 1, Instant.now()))
                .length;
    }

    /**
     * What the crowd was told.
     *
     * @param wanted how many were told what all should have been
     * @param processor for how long the gateway was on a processor meanwhile
     */
    record Answers(Measured measured, long wanted, Duration processor) {

        /** Only those that were wanted. */
        double perSecond() {
            return wanted / (measured.took().toNanos() / 1e9);
        }

        double processorMicros() {
            return processor.toNanos() / 1e3 / Math.max(measured.answers(), 1);
        }

        long others() {
            return measured.answers() + measured.errors() - wanted;
        }
    }

    /** A constant, for whom the token names. */
    Answers constant() {
        return everybody(closed(), Constant.PATH, 200);
    }

    /** To a sale with nothing left. */
    Answers soldOut() throws IOException {
        return everybody(closed(), purchases(announced(0)), 410);
    }

    /** With a unit for everybody, and nobody who takes purchases off the queue. */
    Answers admission() throws IOException {
        return admission(closed());
    }

    /** As {@link #admission}, so many a second, whatever comes back. */
    Answers admission(double rate) throws IOException {
        return admission(Load.open(List.of(gateway.uri()), CONNECTIONS_AT_A_FIXED_RATE, rate));
    }

    private Answers admission(Load load) throws IOException {
        return admission(load, announced(tokens.size()));
    }

    private Answers admission(Load load, UUID sale) throws IOException {
        Answers answers = everybody(load, purchases(sale), 202);
        long queued = rabbit.broker().purge(QUEUE);
        script.forget(sale);
        if (queued < answers.wanted()) {
            throw new IllegalStateException(
                    "%,d are accepted, and %,d purchases queued".formatted(answers.wanted(), queued));
        }
        return answers;
    }

    private Load closed() {
        return Load.closed(List.of(gateway.uri()), CONNECTIONS);
    }

    private static String purchases(UUID sale) {
        return "/sales/" + sale + "/purchases";
    }

    private Answers everybody(Load load, String path, int wanted) {
        AtomicLong asWanted = new AtomicLong();
        Duration before = gateway.processorTime();
        Measured measured = load.run(tokens.stream()
                .map(token -> Errand.once(Request.post(path).withToken(token), reply -> {
                    if (reply.status() == wanted) {
                        asWanted.incrementAndGet();
                    }
                }))
                .iterator());
        return new Answers(measured, asWanted.get(), gateway.processorTime().minus(before));
    }

    /** The script that admits a buyer, on one connection as in the gateway: so many a second. */
    double scriptsPerSecond() throws IOException, InterruptedException {
        UUID sale = announced(tokens.size());
        double perSecond = script.admit(sale, tokens.size());
        script.forget(sale);
        return perSecond;
    }

    /** To a sale in which so many hold a ticket already. */
    Answers admissionAfter(int holders) throws IOException, InterruptedException {
        UUID sale = announced(holders + tokens.size());
        script.admit(sale, holders);
        return admission(closed(), sale);
    }

    /** Lets the gateway know so many more sales. */
    void announceSales(int number) throws IOException {
        for (int one = 1; one < number; one++) {
            announce(1);
        }
        if (number > 0) {
            announced(1); // the events come in order
        }
    }

    /** Some of the crowd only. */
    DoorRun with(int buyers) {
        return new DoorRun(gateway, rabbit, script, tokens.subList(0, Math.min(buyers, tokens.size())));
    }

    private UUID announced(int left) throws IOException {
        UUID sale = announce(left);
        await(sale);
        return sale;
    }

    /** As the order service does it. */
    private UUID announce(int left) {
        Instant now = Instant.now();
        SaleAnnounced event = new SaleAnnounced(
                Ids.next(),
                now,
                Ids.next(),
                Ids.next(),
                new Money(1999, "EUR"),
                now.minusSeconds(1),
                now.plus(Duration.ofHours(12)),
                Math.max(left, 1),
                left,
                1);
        rabbit.broker()
                .publish(
                        SaleAnnounced.EXCHANGE,
                        SaleAnnounced.KEY,
                        new BasicProperties.Builder()
                                .messageId(event.eventId().toString())
                                .type(SaleAnnounced.KEY)
                                .contentType("application/json")
                                .build(),
                        json.write(event));
        return event.sale();
    }

    private void await(UUID sale) throws IOException {
        long deadline = System.nanoTime() + ANNOUNCED.toNanos();
        while (gateway.get("sales/" + sale) != 200) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("The gateway does not hear of its sale");
            }
            LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
        }
    }
}
