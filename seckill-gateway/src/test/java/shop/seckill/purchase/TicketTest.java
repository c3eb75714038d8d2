package shop.seckill.purchase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TicketTest {

    @Test
    void isReadAsItIsWritten() {
        Ticket ticket = Ticket.next(UUID.randomUUID());

        assertThat(Ticket.of(ticket.toString())).isEqualTo(ticket);
        assertThat(ticket.toString()).hasSize(73);
    }

    @Test
    void liesInTheHashSlotOfItsSale() {
        Ticket ticket = Ticket.next(UUID.randomUUID());

        assertThat(ticket.key()).contains("{" + ticket.sale() + "}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "01890000-0000-7000-8000-000000000001",
                "01890000-0000-7000-8000-000000000001_01890000-0000-7000-8000-000000000002",
                "01890000-0000-7000-8000-00000000000A.01890000-0000-7000-8000-000000000002",
                "0000001890000-0-7000-8000-0000000001.01890000-0000-7000-8000-000000000002"
            })
    void isNothingElse(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> Ticket.of(text));
    }
}
