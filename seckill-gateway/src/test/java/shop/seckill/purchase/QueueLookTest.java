package shop.seckill.purchase;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class QueueLookTest {
    private static final Duration LATELY = Duration.ofSeconds(10);

    private long now = -5; // System.nanoTime may be below zero
    private final QueueLook look = new QueueLook(LATELY, () -> now);

    @Test
    void knowsNothingBeforeItLooks() {
        assertThat(look.isSeen()).isFalse();
        assertThat(look.isEmpty()).isFalse();
    }

    @Test
    void oneEmptyLookIsNotEnough() {
        ready(0);

        assertThat(look.isSeen()).isTrue();
        assertThat(look.isEmpty()).isFalse();
    }

    @Test
    void twoInARowAre() {
        ready(0);
        pass(Duration.ofSeconds(3));
        ready(0);

        assertThat(look.isEmpty()).isTrue();
    }

    @Test
    void aMessageBetweenBeginsAnew() {
        ready(0);
        ready(1);
        ready(0);

        assertThat(look.isEmpty()).isFalse();
    }

    @Test
    void aLookThatFailedBeginsAnew() {
        ready(0);
        look.note(now, OptionalLong.empty());
        assertThat(look.isSeen()).isFalse();
        ready(0);

        assertThat(look.isEmpty()).isFalse();
    }

    @Test
    void bothLooksHaveToBeRecent() {
        ready(0);
        pass(Duration.ofSeconds(9));
        ready(0);
        assertThat(look.isEmpty()).isTrue();

        pass(Duration.ofSeconds(1));
        assertThat(look.isEmpty()).as("the first one is too old").isFalse();
        assertThat(look.isSeen()).isTrue();

        pass(Duration.ofSeconds(9));
        assertThat(look.isSeen()).isFalse();
    }

    /** It counts from when the look began: what was confirmed meanwhile may not be in its answer. */
    @Test
    void aSlowLookIsAsOldAsItsBeginning() {
        ready(0);
        long begun = now;
        pass(LATELY);
        look.note(begun, OptionalLong.of(0));

        assertThat(look.isEmpty()).isFalse();
        assertThat(look.isSeen()).isFalse();
    }

    private void ready(long messages) {
        look.note(now, OptionalLong.of(messages));
    }

    private void pass(Duration time) {
        now += time.toNanos();
    }
}
