package shop.events;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;

/**
 * Holds the records against the JSON that subscribers rely on. A failure here is a change of the contract: a property
 * may be added to a golden file, but what stands there stays.
 */
class GoldenEventsTest {
    private static final JsonMapper json = JsonMapper.builder()
            .changeDefaultPropertyInclusion(inclusion -> inclusion.withValueInclusion(JsonInclude.Include.NON_NULL))
            .build();

    private static final Instant AT = Instant.parse("2026-05-01T10:15:30.123Z");
    private static final Recipient LI = new Recipient("李雷", "li@example.com", "+8613800138000", "zh");
    private static final Address HOME = new Address("Chang'an Ave 1", "Beijing", "100000", "CN");
    private static final List<Line> LINES = List.of(new Line(id(3), "Desk lamp", 2, new Money(3500, "EUR")));
    private static final Money TOTAL = new Money(7000, "EUR");
    private static final String TICKET = id(4) + "." + id(5);
    private static final SaleUnit UNIT = new SaleUnit(id(4), TICKET, 99, 2);

    static Stream<Event> events() {
        return Stream.of(
                new CustomerRegistered(id(1), AT, id(2), LI),
                new ProductStockChanged(id(1), AT, id(3), 41, 7),
                new OrderPlaced(id(1), AT, id(6), id(2), LI, LINES, TOTAL, AT.plusSeconds(900), UNIT),
                new OrderPaid(id(1), AT, id(6), LI, LINES, TOTAL, HOME),
                new OrderCancelled(id(1), AT, id(6), LI, "changed my mind", null),
                new SaleAnnounced(id(1), AT, id(4), id(3), TOTAL, AT, AT.plusSeconds(60), 100, 100, 1),
                new SaleClosed(id(1), AT, id(4), id(3), TOTAL, AT, AT.plusSeconds(60), 100, 0, 9),
                new PurchaseRefused(id(1), AT, TICKET, id(4), id(2), "SOLD_OUT", 0, 8),
                new ShipmentCreated(id(1), AT, id(6), id(7), "Shanghai", LI, AT),
                new ShipmentDispatched(id(1), AT, id(6), id(7), "Shanghai", LI, AT),
                new ShipmentDelivered(id(1), AT, id(6), id(7), "Shanghai", LI, AT));
    }

    @ParameterizedTest
    @MethodSource("events")
    void isWrittenAsTheGoldenFileSays(Event event) {
        assertThat(json.readTree(json.writeValueAsBytes(event))).isEqualTo(json.readTree(golden(event.routingKey())));
    }

    @ParameterizedTest
    @MethodSource("events")
    void isReadFromTheGoldenFile(Event event) {
        assertThat(json.readValue(golden(event.routingKey()), event.getClass())).isEqualTo(event);
    }

    @Test
    void everyEventHasAGoldenFile() throws Exception {
        List<String> covered =
                events().map(event -> event.getClass().getSimpleName()).sorted().toList();
        try (Stream<Path> classes = Files.list(Path.of(Event.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .toURI())
                .resolve("shop/events"))) {
            assertThat(classes.map(file -> file.getFileName().toString().replace(".class", ""))
                            .filter(name -> implementsEvent(name))
                            .sorted())
                    .isEqualTo(covered);
        }
    }

    private static boolean implementsEvent(String name) {
        try {
            return !name.equals("package-info")
                    && Arrays.asList(Class.forName("shop.events." + name).getInterfaces())
                            .contains(Event.class);
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] golden(String key) {
        try (InputStream file = GoldenEventsTest.class.getResourceAsStream("/golden/" + key + ".json")) {
            assertThat(file).as("golden file of " + key).isNotNull();
            return file.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static UUID id(int number) {
        return new UUID(0x0199_0000_0000_7000L, 0x8000_0000_0000_0000L | number);
    }
}
