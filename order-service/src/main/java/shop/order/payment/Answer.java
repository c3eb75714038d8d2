package shop.order.payment;

/** What the acquirer said to a charge. */
sealed interface Answer {

    /** The card was charged. */
    record Approved(String charge) implements Answer {}

    /** The card was not charged. */
    record Declined(String reason) implements Answer {}
}
