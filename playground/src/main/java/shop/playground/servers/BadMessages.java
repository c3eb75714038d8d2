package shop.playground.servers;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.LongString;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Messages that no subscriber can work on: each must end in its parking lot, with a reason, and hold up nothing. */
public final class BadMessages {
    private static final int MIB = 1024 * 1024;
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration PAUSE = Duration.ofMillis(50);

    private BadMessages() {}

    /** One of them; its text is its name, for the title of a test. */
    public static final class BadMessage {
        private final String name;
        private final @Nullable String type;
        private final byte[] body;

        private BadMessage(String name, @Nullable String type, byte[] body) {
            this.name = name;
            this.type = type;
            this.body = body;
        }

        /**
         * Publishes the message, waits until it is parked, and takes it out of the parking lot.
         *
         * @param routingKey one that the subscriber's queue is bound with
         * @return the reason that its header gives
         * @throws AssertionError when it is not parked in time, or is not what was published, or gives no reason
         */
        public String parkedReason(Broker broker, String exchange, String routingKey, String queue) {
            String id = UUID.randomUUID().toString();
            BasicProperties properties = new BasicProperties.Builder()
                    .messageId(id)
                    .type(type)
                    .deliveryMode(2)
                    .build();
            Broker.Outcome outcome = broker.publish(exchange, routingKey, properties, body);
            if (outcome != Broker.Outcome.CONFIRMED) {
                throw new AssertionError("The broker did not take %s: %s".formatted(name, outcome));
            }
            GetResponse parked = await(broker, queue + ".parked");
            if (!id.equals(parked.getProps().getMessageId()) || parked.getBody().length != body.length) {
                throw new AssertionError("Something else than %s was parked: %s".formatted(name, parked.getProps()));
            }
            Map<String, Object> headers = parked.getProps().getHeaders();
            Object reason = headers == null ? null : headers.get("failure-reason");
            if (reason instanceof LongString text && text.length() > 0) {
                return text.toString();
            }
            throw new AssertionError("%s was parked without a reason: %s".formatted(name, headers));
        }

        private GetResponse await(Broker broker, String parkingLot) {
            Instant end = Instant.now().plus(PATIENCE);
            while (Instant.now().isBefore(end)) {
                Optional<GetResponse> parked = broker.take(parkingLot);
                if (parked.isPresent()) {
                    return parked.get();
                }
                LockSupport.parkNanos(PAUSE.toNanos());
            }
            throw new AssertionError("%s did not reach %s in %s".formatted(name, parkingLot, PATIENCE));
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /**
     * All kinds of them.
     *
     * @param type a message type that the subscriber handles, and whose body is a record with an {@code eventId}
     */
    public static Stream<BadMessage> claimingToBe(String type) {
        return Stream.of(
                new BadMessage("text that is not JSON", type, utf8("<order>1</order>")),
                new BadMessage("JSON cut off in the middle", type, utf8("{\"eventId\": \"01890000-0000-70")),
                new BadMessage("no body", type, new byte[0]),
                new BadMessage("null", type, utf8("null")),
                new BadMessage("an array", type, utf8("[1, 2, 3]")),
                new BadMessage("an object without any field", type, utf8("{}")),
                new BadMessage("a field of the wrong kind", type, utf8("{\"eventId\": \"not an id\"}")),
                new BadMessage("a field that is null", type, utf8("{\"eventId\": null}")),
                new BadMessage("a type that nobody knows", "nobody.knows", utf8("{}")),
                new BadMessage("an empty type", "", utf8("{}")),
                new BadMessage("no type", null, utf8("{}")),
                new BadMessage("1 MiB of noise", type, noise()),
                new BadMessage("1 MiB of brackets", type, "[".repeat(MIB).getBytes(StandardCharsets.US_ASCII)));
    }

    private static byte[] noise() {
        byte[] noise = new byte[MIB];
        new Random(1).nextBytes(noise); // the same in each run
        return noise;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
