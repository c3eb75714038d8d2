package shop.messaging.parking;

import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.amqp.AmqpException;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.util.MimeType;
import shop.messaging.MessageJson;
import shop.messaging.subscription.ParkingLot;

/**
 * {@code /actuator/parked}: GET lists the lots, their messages, and shows one; POST replays a lot or one message;
 * DELETE discards them.
 */
@Endpoint(id = "parked")
final class ParkedEndpoint {
    private static final int SOME = 100;
    private static final int MANY = 10_000;

    private final Supplier<List<ParkingLot>> lots;
    private final Parking parking;
    private final MessageJson json;
    private final String remembered;

    ParkedEndpoint(Supplier<List<ParkingLot>> lots, Parking parking, MessageJson json, String remembered) {
        this.lots = lots;
        this.parking = parking;
        this.json = json;
        this.remembered = remembered;
    }

    /** Every lot with the number of its messages. */
    @ReadOperation
    WebEndpointResponse<?> lots() {
        return answer(() -> {
            SortedMap<String, Long> counts = new TreeMap<>();
            lots.get().forEach(lot -> counts.put(lot.getName(), parking.count(lot)));
            return ok(Map.of("lots", counts));
        });
    }

    /**
     * A lot's oldest messages.
     *
     * @param limit at most so many of them; 100 if it is not given
     */
    @ReadOperation
    WebEndpointResponse<?> messages(@Selector String queue, @Nullable Integer limit) {
        int some = limit == null ? SOME : Math.max(1, Math.min(limit, MANY));
        return in(queue, lot -> ok(Map.of("messages", parking.list(lot, some))));
    }

    @ReadOperation
    WebEndpointResponse<?> message(@Selector String queue, @Selector String id) {
        return in(
                queue,
                lot -> parking.find(lot, id)
                        .<WebEndpointResponse<?>>map(parked -> ok(parked.whole(json)))
                        .orElseGet(() -> noMessage(queue, id)));
    }

    /**
     * Sends the messages that are in the lot now back to the queue in which they failed.
     *
     * @param force even those that are so old that nobody remembers whether they were handled
     */
    @WriteOperation
    WebEndpointResponse<?> replayAll(@Selector String queue, @Nullable Boolean force) {
        return in(
                queue,
                lot -> lot.wayBack().isEmpty()
                        ? noWayBack(queue)
                        : ok(parking.replayAll(lot, Boolean.TRUE.equals(force))));
    }

    @WriteOperation
    WebEndpointResponse<?> replay(@Selector String queue, @Selector String id, @Nullable Boolean force) {
        return in(
                queue,
                lot -> lot.wayBack().isEmpty()
                        ? noWayBack(queue)
                        : parking.replay(lot, id, Boolean.TRUE.equals(force))
                                .<WebEndpointResponse<?>>map(this::answerForOne)
                                .orElseGet(() -> noMessage(queue, id)));
    }

    @DeleteOperation
    WebEndpointResponse<?> discardAll(@Selector String queue) {
        return in(queue, lot -> ok(Map.of("discarded", parking.discardAll(lot))));
    }

    @DeleteOperation
    WebEndpointResponse<?> discard(@Selector String queue, @Selector String id) {
        return in(
                queue,
                lot -> parking.discard(lot, id)
                        .<WebEndpointResponse<?>>map(left -> ok(Map.of("discarded", 1, "left", left)))
                        .orElseGet(() -> noMessage(queue, id)));
    }

    private WebEndpointResponse<?> answerForOne(Parking.Replay done) {
        if (done.tooOld() > 0) {
            return Problem.answer(
                    409,
                    "forgotten",
                    "The message is older than %s: nobody remembers any more whether it was handled. Add ?force=true to replay it all the same."
                            .formatted(remembered));
        }
        return done.unconfirmed() > 0
                ? Problem.answer(503, "unavailable", "The broker did not take the message, which is parked as before.")
                : ok(done);
    }

    private WebEndpointResponse<?> in(String queue, Function<ParkingLot, WebEndpointResponse<?>> work) {
        return answer(() -> lots.get().stream()
                .filter(lot -> lot.getName().equals(queue))
                .findFirst()
                .<WebEndpointResponse<?>>map(work)
                .orElseGet(() -> Problem.answer(404, "not-found", "No parking lot here is called " + queue + ".")));
    }

    private static WebEndpointResponse<?> answer(Supplier<WebEndpointResponse<?>> work) {
        try {
            return work.get();
        } catch (AmqpException away) {
            return Problem.answer(503, "unavailable", "The broker does not serve: " + away.getMessage());
        }
    }

    private static WebEndpointResponse<?> ok(Object body) {
        return new WebEndpointResponse<>(body);
    }

    private static WebEndpointResponse<?> noMessage(String queue, String id) {
        return Problem.answer(
                404, "not-found", "No message %s is parked in %s, or somebody has it in hand.".formatted(id, queue));
    }

    private static WebEndpointResponse<?> noWayBack(String queue) {
        return Problem.answer(
                409, "no-way-back", "What is parked in " + queue + " came from no queue of this service.");
    }

    /** A problem detail (RFC 9457). */
    private record Problem(String type, int status, String detail) {
        private static final MimeType MEDIA = MimeType.valueOf("application/problem+json");

        private static WebEndpointResponse<?> answer(int status, String slug, String detail) {
            return new WebEndpointResponse<>(new Problem("urn:mq-shop:problem:" + slug, status, detail), status, MEDIA);
        }
    }
}
