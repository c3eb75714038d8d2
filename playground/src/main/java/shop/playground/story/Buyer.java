package shop.playground.story;

/** Somebody who wants one unit of the flash sale. */
record Buyer(String email, String token) {

    @Override
    public String toString() {
        return email;
    }
}
