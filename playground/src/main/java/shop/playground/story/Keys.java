package shop.playground.story;

/** What opens the doors that are not the customer's: the shop's operator and the broker's management API. */
public record Keys(String operatorPassword, String brokerUser, String brokerPassword) {

    @Override
    public String toString() {
        return "Keys[brokerUser=" + brokerUser + "]";
    }
}
