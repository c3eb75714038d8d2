package shop.messaging.subscription;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.willAnswer;
import static org.mockito.Mockito.mock;

import com.rabbitmq.client.Channel;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.amqp.ImmediateRequeueAmqpException;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageBuilder;
import org.springframework.amqp.core.TopicExchange;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.amqp.rabbit.connection.CorrelationData;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import shop.messaging.publishing.ConfirmedPublisher;

/** The original is let go only when the broker has the copy. */
class RedeliveryTest {
    private static final String QUEUE = "parcel.events";

    private final RabbitTemplate rabbit = connected(mock());
    private final Deque<Boolean> answers = new ArrayDeque<>();
    private boolean stopping;
    private final Redelivery redelivery = new Redelivery(
            Map.of(
                    QUEUE,
                    new SubscriptionTopology(
                            Subscription.queue(QUEUE),
                            new TopicExchange("shop.events"),
                            List.of(Duration.ofSeconds(5)))),
            new ConfirmedPublisher(rabbit, Duration.ofSeconds(1)),
            queue -> stopping,
            Clock.systemUTC());

    @BeforeEach
    void theBrokerAnswersAsTold() {
        willAnswer(call -> {
                    CorrelationData correlation = call.getArgument(3);
                    boolean ack = answers.size() > 1 ? answers.remove() : answers.element();
                    return correlation.getFuture().complete(new CorrelationData.Confirm(ack, null));
                })
                .given(rabbit)
                .send(any(), any(), any(Message.class), any(CorrelationData.class));
    }

    private static RabbitTemplate connected(RabbitTemplate rabbit) {
        given(rabbit.getConnectionFactory()).willReturn(mock(ConnectionFactory.class));
        return rabbit;
    }

    @Test
    void insistsWhenTheBrokerSaysNoForAMoment() {
        answers.addAll(List.of(false, false, true));
        assertThatCode(this::recover).doesNotThrowAnyException();
        assertThat(answers).containsExactly(true);
    }

    @Test
    void leavesTheOriginalInItsQueueWhenTheConsumerIsStopped() {
        answers.add(false);
        stopping = true;
        assertThatExceptionOfType(ImmediateRequeueAmqpException.class).isThrownBy(this::recover);
    }

    @Test
    void endsWhenTheChannelOfTheOriginalIsLost() {
        answers.add(false);
        Channel closed = mock();
        assertThatExceptionOfType(ImmediateRequeueAmqpException.class)
                .isThrownBy(() -> recover(new DeliveryFailedException(closed, new IllegalStateException("no room"))));
    }

    private void recover() {
        recover(new IllegalStateException("no room"));
    }

    private void recover(Exception failure) {
        Message message = MessageBuilder.withBody(new byte[0]).build();
        message.getMessageProperties().setConsumerQueue(QUEUE);
        redelivery.recover(message, failure);
    }
}
