package shop.seckill.purchase;

/** What has become of a ticket. */
enum TicketState {
    /** A unit is set aside for the buyer; whether the queue has the purchase is not known yet. */
    ADMITTED,
    /** The broker confirmed the purchase: it will be ordered or refused. */
    QUEUED,
    /** There is an order. */
    ORDERED,
    /** There will be none. */
    REFUSED;

    /** Whether the purchase has come to its end. */
    boolean settled() {
        return this == ORDERED || this == REFUSED;
    }
}
