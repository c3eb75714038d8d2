package shop.seckill.purchase;

import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a buyer is told.
 *
 * @param ticket theirs, where it is accepted or may be
 * @param state the ticket's, where it is accepted
 * @param opens when the sale opens, where it has not yet
 */
record Answer(
        Kind kind,
        @Nullable Ticket ticket,
        @Nullable TicketState state,
        @Nullable Instant opens) {

    /** The kinds of answers; each is counted. */
    enum Kind {
        /** The purchase is in the queue, by this request. */
        ACCEPTED,
        /** It is there by an earlier request. */
        REPEATED,
        /** Nothing is left. */
        SOLD_OUT,
        /** Something is left, but all of it is spoken for: a unit may come free again. */
        TAKEN,
        NOT_OPEN,
        CLOSED,
        UNKNOWN_SALE,
        /** The queue is full, or the broker is away: nothing was sent, and the unit is free again. */
        SHED,
        /** The broker has not answered yet: the same request later finds the ticket. */
        UNCONFIRMED,
        /** Redis lost the counts; they are on their way. */
        RECOUNTING,
        /** The counts are away. */
        UNAVAILABLE;

        /** As the metric calls it. */
        String tag() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    static Answer of(Kind kind) {
        return new Answer(kind, null, null, null);
    }

    static Answer of(Kind kind, @Nullable Ticket ticket) {
        return new Answer(kind, ticket, null, null);
    }

    static Answer accepted(Kind kind, Ticket ticket, TicketState state) {
        return new Answer(kind, ticket, state, null);
    }

    static Answer notOpen(@Nullable Instant opens) {
        return new Answer(Kind.NOT_OPEN, null, null, opens);
    }
}
