package shop.playground.client;

/** The shop's own books of a sale: {@code GET /sales/{id}/balance}. */
public record Balance(int allotment, int left, int returned, int ordered, int refused, boolean balanced) {

    static Balance of(Answer answer) {
        return new Balance(
                answer.number("allotment"),
                answer.number("left"),
                answer.number("returned"),
                answer.number("ordered"),
                answer.number("refused"),
                answer.body().path("balanced").asBoolean());
    }

    public boolean addsUp() {
        return balanced && left >= 0 && left + returned + ordered == allotment;
    }
}
