package shop.playground.client;

/** Somebody who wants one unit of the flash sale. */
public record Buyer(String email, String token) {

    @Override
    public String toString() {
        return email;
    }
}
