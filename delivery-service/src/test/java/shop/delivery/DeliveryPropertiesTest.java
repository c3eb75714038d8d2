package shop.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DeliveryPropertiesTest {
    private final DeliveryProperties properties =
            new DeliveryProperties(Duration.ofMinutes(1), Duration.ofMinutes(5), "rotterdam", Map.of("DE", "leipzig"));

    @Test
    void shipsFromTheDepotThatServesTheCountry() {
        assertThat(properties.depotFor("DE")).isEqualTo("leipzig");
        assertThat(properties.depotFor("de")).isEqualTo("leipzig");
    }

    @Test
    void shipsElsewhereFromTheDefaultDepot() {
        assertThat(properties.depotFor("BR")).isEqualTo("rotterdam");
    }
}
