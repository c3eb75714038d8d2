package shop.messaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MessageJsonTest {
    private final MessageJson json = new MessageJson();

    record Item(String name, int weight) {}

    record Parcel(
            String id,
            Instant sent,
            List<Item> items,
            @Nullable String note) {}

    @Test
    void readsWhatItWrote() {
        Parcel parcel = new Parcel("p1", Instant.parse("2026-05-01T10:00:00Z"), List.of(new Item("lamp", 3)), null);
        String written = new String(json.write(parcel), StandardCharsets.UTF_8);
        assertThat(written).contains("2026-05-01T10:00:00Z").doesNotContain("note");
        assertThat(read(written)).isEqualTo(parcel);
    }

    @Test
    void ignoresWhatItDoesNotKnow() {
        assertThat(read("{\"id\":\"p1\",\"sent\":\"2026-05-01T10:00:00Z\",\"items\":[],\"colour\":\"red\"}")
                        .id())
                .isEqualTo("p1");
    }

    @Test
    void saysWhatIsMissing() {
        refuses("{\"sent\":\"2026-05-01T10:00:00Z\",\"items\":[]}", "Parcel.id is missing");
        refuses("{\"id\":null,\"sent\":\"2026-05-01T10:00:00Z\",\"items\":[]}", "Parcel.id is missing");
        refuses(
                "{\"id\":\"p1\",\"sent\":\"2026-05-01T10:00:00Z\",\"items\":[{\"weight\":3}]}",
                "Parcel.items[].name is missing");
        refuses("{\"id\":\"p1\",\"sent\":\"2026-05-01T10:00:00Z\",\"items\":[null]}", "Parcel.items[] is null");
    }

    @Test
    void refusesWhatIsNotAParcel() {
        refuses("", "not a Parcel");
        refuses("null", "not a Parcel");
        refuses("[1]", "not a Parcel");
        refuses("{\"id\":\"p1\",\"sent\":\"soon\",\"items\":[]}", "not a Parcel");
        refuses("\u0000\u0001 noise", "not a Parcel");
    }

    private Parcel read(String text) {
        return json.read(text.getBytes(StandardCharsets.UTF_8), Parcel.class);
    }

    private void refuses(String text, String reason) {
        assertThatExceptionOfType(UnprocessableMessageException.class)
                .isThrownBy(() -> read(text))
                .withMessageContaining(reason);
    }
}
