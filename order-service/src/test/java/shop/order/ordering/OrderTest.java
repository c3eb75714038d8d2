package shop.order.ordering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import shop.events.Address;
import shop.events.Line;
import shop.events.Money;
import shop.order.customer.Customer;

class OrderTest {

    @Test
    void totalIsTheSumOfTheLines() {
        assertThat(Order.total(List.of(line(3, 1999), line(1, 1), line(100, 59_900))))
                .isEqualTo(new Money(3 * 1999 + 1 + 100 * 59_900, "EUR"));
    }

    @Test
    void totalNeverOverflowsSilently() {
        assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> Order.total(List.of(line(2, Long.MAX_VALUE)))))
                .isInstanceOf(ArithmeticException.class);
    }

    @Test
    void orderOfNothingOrOfTwoCurrenciesIsNone() {
        assertThatIllegalArgumentException().isThrownBy(() -> Order.total(List.of()));
        Line yuan = new Line(UUID.randomUUID(), "Tea", 1, new Money(1, "CNY"));
        assertThatIllegalArgumentException().isThrownBy(() -> Order.total(List.of(yuan, line(1, 1))));
    }

    @Test
    void newOrderIsToBePaidWithinTheWindowAndRemembersItsRecipient() {
        Customer customer = new Customer(
                UUID.randomUUID(),
                "Ada",
                "ada@example.com",
                "+4915112345678",
                "en",
                new Address("1 Way", "London", "N1", "GB"));
        Instant now = Instant.parse("2026-01-01T12:00:00Z");
        Order.Claim claim = new Order.Claim(UUID.randomUUID(), "ticket");

        Order order =
                Order.placed(UUID.randomUUID(), customer, List.of(line(1, 5)), now, Duration.ofMinutes(20), claim);

        assertThat(order.state()).isEqualTo(OrderState.PLACED);
        assertThat(Duration.between(now, order.payBefore())).isEqualTo(Duration.ofMinutes(20));
        assertThat(order.placedEvent(null).recipient()).isEqualTo(customer.recipient());
        assertThat(order.placedEvent(null).occurredAt()).isEqualTo(now);
        assertThat(OrderView.of(order).ticket()).isEqualTo("ticket");
    }

    @Test
    void statesFollowEachOtherAsTheyShould() {
        Map<OrderState, Set<OrderState>> before =
                Arrays.stream(OrderState.values()).collect(Collectors.toMap(state -> state, OrderState::before));

        assertThat(before)
                .isEqualTo(Map.of(
                        OrderState.PLACED, Set.of(),
                        OrderState.PAID, Set.of(OrderState.PLACED),
                        OrderState.CANCELLED, Set.of(OrderState.PLACED),
                        OrderState.SHIPPED, Set.of(OrderState.PAID),
                        OrderState.DELIVERED, Set.of(OrderState.PAID, OrderState.SHIPPED)));
    }

    private static Line line(int quantity, long price) {
        return new Line(UUID.randomUUID(), "Lamp", quantity, new Money(price, "EUR"));
    }
}
