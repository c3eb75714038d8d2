package shop.events;

/**
 * An amount of money.
 *
 * @param amount in the currency's minor unit (cents, fen), so that it is exact
 * @param currency an ISO 4217 code
 */
public record Money(long amount, String currency) {

    public Money times(int quantity) {
        return new Money(Math.multiplyExact(amount, quantity), currency);
    }

    /**
     * The sum of both.
     *
     * @throws IllegalArgumentException when the currencies differ
     */
    public Money plus(Money other) {
        if (!currency.equals(other.currency)) {
            throw new IllegalArgumentException("Cannot add " + other.currency + " to " + currency);
        }
        return new Money(Math.addExact(amount, other.amount), currency);
    }
}
