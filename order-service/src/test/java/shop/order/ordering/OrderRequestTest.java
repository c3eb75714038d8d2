package shop.order.ordering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import shop.order.ordering.OrderRequest.Wanted;
import shop.web.ProblemException;
import tools.jackson.databind.json.JsonMapper;

class OrderRequestTest {
    private static final UUID LAMP = UUID.randomUUID();
    private static final UUID PEN = UUID.randomUUID();

    @Test
    void sameOrderHasTheSameHashHoweverItIsWritten() {
        OrderRequest written = new JsonMapper()
                .readValue("{\"lines\" : [ {\"quantity\":2,\"product\":\"%s\"}]}".formatted(LAMP), OrderRequest.class);

        assertThat(written.hash()).isEqualTo(request(new Wanted(LAMP, 2)).hash());
    }

    @Test
    void anotherOrderHasAnotherHash() {
        byte[] hash = request(new Wanted(LAMP, 1), new Wanted(PEN, 11)).hash();

        assertThat(request(new Wanted(LAMP, 1), new Wanted(PEN, 12)).hash()).isNotEqualTo(hash);
        assertThat(request(new Wanted(LAMP, 11), new Wanted(PEN, 1)).hash()).isNotEqualTo(hash);
        assertThat(request(new Wanted(LAMP, 1)).hash()).isNotEqualTo(hash);
    }

    @Test
    void productComesOnce() {
        OrderRequest twice = request(new Wanted(LAMP, 1), new Wanted(PEN, 1), new Wanted(LAMP, 2));

        assertThatExceptionOfType(ProblemException.class)
                .isThrownBy(twice::quantities)
                .satisfies(
                        problem -> assertThat(problem.getBody().getProperties()).containsEntry("product", LAMP));
    }

    private static OrderRequest request(Wanted... lines) {
        return new OrderRequest(List.of(lines));
    }
}
