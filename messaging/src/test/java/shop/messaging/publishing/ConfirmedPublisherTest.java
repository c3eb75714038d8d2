package shop.messaging.publishing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.willAnswer;
import static org.mockito.BDDMockito.willThrow;
import static org.mockito.Mockito.mock;

import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.springframework.amqp.AmqpAuthenticationException;
import org.springframework.amqp.AmqpConnectException;
import org.springframework.amqp.AmqpIOException;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageBuilder;
import org.springframework.amqp.core.ReturnedMessage;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.amqp.rabbit.connection.CorrelationData;
import org.springframework.amqp.rabbit.core.RabbitTemplate;

/** Spring and the broker say many things; each of them has one meaning. */
class ConfirmedPublisherTest {
    private final RabbitTemplate rabbit = mock();
    private final ConnectionFactory connections = mock();
    private final Message message = MessageBuilder.withBody(new byte[0]).build();
    private final ConfirmedPublisher publisher;

    ConfirmedPublisherTest() {
        given(rabbit.getConnectionFactory()).willReturn(connections);
        publisher = new ConfirmedPublisher(rabbit, Duration.ofMillis(200));
    }

    @Test
    void anAckIsConfirmed() {
        brokerSays(correlation -> confirm(correlation, true, null));
        assertThat(outcome()).isEqualTo(Outcome.CONFIRMED);
    }

    @Test
    void aNackWithoutAReasonIsTheBrokers() {
        brokerSays(correlation -> confirm(correlation, false, null));
        assertThat(outcome()).isEqualTo(Outcome.NACKED);
    }

    @Test
    void aNackWithAReasonIsMadeUpAndSaysNothing() {
        brokerSays(correlation -> confirm(correlation, false, "Channel closed by application"));
        assertThat(outcome()).isEqualTo(Outcome.UNKNOWN);
    }

    @Test
    void whatIsReturnedIsInNoQueueThoughItIsAcknowledged() {
        brokerSays(correlation -> {
            correlation.setReturned(new ReturnedMessage(message, 312, "NO_ROUTE", "exchange", "key"));
            confirm(correlation, true, null);
        });
        assertThat(outcome()).isEqualTo(Outcome.RETURNED);
    }

    @Test
    void noAnswerIsUnknownAfterAWhile() {
        brokerSays(correlation -> {});
        assertThat(outcome()).isEqualTo(Outcome.UNKNOWN);
    }

    @Test
    void withoutAConnectionNothingIsSentWhateverTheReason() {
        for (RuntimeException reason : new RuntimeException[] {
            new AmqpConnectException(new ConnectException("refused")),
            new AmqpIOException(new UnknownHostException("rabbit")),
            new AmqpAuthenticationException(new IllegalStateException("password"))
        }) {
            willThrow(reason).given(connections).createConnection();
            assertThat(outcome()).as(reason.toString()).isEqualTo(Outcome.UNSENT);
        }
    }

    @Test
    void aConnectionThatBreaksInTheMiddleLeavesItUnknown() {
        willThrow(new AmqpIOException(new IOException("reset")))
                .given(rabbit)
                .send(any(), any(), any(Message.class), any(CorrelationData.class));
        assertThat(outcome()).isEqualTo(Outcome.UNKNOWN);
    }

    @Test
    void onlyANoOfTheBrokerOrAnUnsentMessageIsSurelyInNoQueue() {
        assertThat(Outcome.values())
                .filteredOn(Outcome::refused)
                .containsExactly(Outcome.NACKED, Outcome.RETURNED, Outcome.UNSENT);
    }

    private Outcome outcome() {
        return publisher.publish("exchange", "key", message).join();
    }

    private void brokerSays(Consumer<CorrelationData> answer) {
        willAnswer(call -> {
                    answer.accept(call.getArgument(3));
                    return null;
                })
                .given(rabbit)
                .send(any(), any(), any(Message.class), any(CorrelationData.class));
    }

    private static void confirm(CorrelationData correlation, boolean ack, String reason) {
        correlation.getFuture().complete(new CorrelationData.Confirm(ack, reason));
    }
}
