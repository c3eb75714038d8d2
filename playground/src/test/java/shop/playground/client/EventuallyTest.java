package shop.playground.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class EventuallyTest {

    @Test
    void asksAgainUntilTheAnswerIsAsHoped() {
        AtomicInteger asked = new AtomicInteger();

        int answer = Eventually.ask(
                () -> {
                    if (asked.incrementAndGet() == 1) {
                        throw new UnexpectedException("not yet");
                    }
                    return asked.get();
                },
                number -> number == 3);

        assertThat(answer).isEqualTo(3);
    }
}
