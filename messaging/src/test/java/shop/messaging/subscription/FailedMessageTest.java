package shop.messaging.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageBuilder;

class FailedMessageTest {
    private final Message message = MessageBuilder.withBody(new byte[0])
            .setHeader("CC", List.of("another.queue"))
            .setHeader("BCC", List.of("a.third"))
            .setHeader("color", "red")
            .build();

    @Test
    void itsCopiesGoWhereTheyAreSentAndNowhereElse() {
        assertThat(FailedMessage.copy(message).getMessageProperties().getHeaders())
                .containsOnlyKeys("color");
        assertThat(FailedMessage.asNew(message).getMessageProperties().getHeaders())
                .containsOnlyKeys("color", FailureHeaders.REPLAYED);
    }
}
