package shop.playground.client;

import org.jspecify.annotations.Nullable;

/**
 * How the sale ended for one buyer.
 *
 * @param shed how often they were told that the queue is full
 * @param taken how often every unit was spoken for, though not sold
 * @param unconfirmed how often the shop could not say whether the queue had taken the purchase
 * @param away how often a part of the shop did not answer in time
 * @param order what they got, if they got one
 */
public record Outcome(
        Kind kind,
        int shed,
        int taken,
        int unconfirmed,
        int away,
        @Nullable String order) {

    public enum Kind {
        ORDERED,
        REFUSED,
        SOLD_OUT,
        /** Neither yes nor no in time. */
        UNSETTLED
    }
}
