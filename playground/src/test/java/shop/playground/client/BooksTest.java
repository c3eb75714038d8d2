package shop.playground.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import shop.playground.client.Outcome.Kind;
import shop.playground.console.Screen.Row;

class BooksTest {

    private static final Outcome SOLD_OUT = new Outcome(Kind.SOLD_OUT, 0, 0, 0, 0, null);

    @Test
    void countsEveryBuyerOnce() {
        List<Outcome> outcomes = List.of(
                ordered("a", 2),
                ordered("b", 0),
                SOLD_OUT,
                SOLD_OUT,
                SOLD_OUT,
                new Outcome(Kind.REFUSED, 1, 2, 1, 4, null));

        Books books = Books.of(outcomes);

        assertThat(books).isEqualTo(new Books(6, 2, 1, 3, 0, 3, 2, 1, 4, 2));
        assertThat(books.everybodyKnows()).isTrue();
        assertThat(books.noOrderTwice()).isTrue();
    }

    @Test
    void seesABuyerWithoutAnAnswer() {
        List<Outcome> outcomes = List.of(ordered("a", 0), new Outcome(Kind.UNSETTLED, 9, 0, 0, 0, null));

        assertThat(Books.of(outcomes).everybodyKnows()).isFalse();
    }

    @Test
    void seesAnOrderPromisedTwice() {
        assertThat(Books.of(List.of(ordered("a", 0), ordered("a", 0))).noOrderTwice())
                .isFalse();
    }

    @Test
    void addsUpOnlyIfEveryUnitIsOrderedLeftOrReturned() {
        assertThat(new Balance(100, 40, 0, 60, 5, true).addsUp()).isTrue();
        assertThat(new Balance(100, 40, 0, 61, 5, true).addsUp()).isFalse();
        assertThat(new Balance(100, 0, 40, 60, 5, true).addsUp()).isTrue();
        assertThat(new Balance(100, 40, 1, 60, 5, true).addsUp()).isFalse();
        assertThat(new Balance(100, -1, 0, 101, 0, true).addsUp()).isFalse();
        assertThat(new Balance(100, 40, 0, 60, 5, false).addsUp()).isFalse();
    }

    @Test
    void comparesTheShopsBooksWithWhatBuyersSaw() {
        Books books = Books.of(List.of(ordered("a", 0), SOLD_OUT));

        assertThat(books.agreeWith(new Balance(1, 0, 0, 1, 0, true))).isTrue();
        assertThat(books.agreeWith(new Balance(2, 0, 0, 2, 0, true))).isFalse();
        assertThat(books.agreeWith(new Balance(1, 0, 0, 1, 1, true))).isFalse();
    }

    @Test
    void tellsWhatBecameOfUnitsAndBuyers() {
        List<Outcome> outcomes = new ArrayList<>(Collections.nCopies(1_234, SOLD_OUT));
        outcomes.add(ordered("a", 7));

        List<Row> table = Books.of(outcomes).table(new Balance(1, 0, 0, 1, 0, true));

        assertThat(table)
                .extracting(Row::name, Row::figure)
                .contains(tuple("allotment", "1"), tuple("sold out", "1,234"), tuple("shed", "7"));
        assertThat(table).extracting(Row::name).doesNotContain("unsettled", "unsure", "too busy");
    }

    private static Outcome ordered(String order, int shed) {
        return new Outcome(Kind.ORDERED, shed, 0, 0, 0, order);
    }
}
