package shop.messaging.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.willAnswer;
import static org.mockito.BDDMockito.willThrow;
import static org.mockito.Mockito.atLeast;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.timeout;
import static org.mockito.Mockito.verify;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.amqp.core.MessageListenerContainer;
import org.springframework.amqp.rabbit.core.RabbitAdmin;
import org.springframework.amqp.rabbit.listener.RabbitListenerEndpointRegistry;

class ConsumerGateTest {
    private static final String QUEUE = "cart.events";
    private static final long SOON = 10_000;

    private final TopologyCheck check = mock();
    private final RabbitAdmin broker = mock();
    private final RabbitListenerEndpointRegistry consumers = mock();
    private final MessageListenerContainer consumer = mock();
    private final AtomicBoolean consumes = new AtomicBoolean(true);
    private final AtomicBoolean pauses = new AtomicBoolean();
    private final ConsumerGate gate =
            new ConsumerGate(check, broker, consumers, queue -> pauses.get(), Duration.ofMillis(100));

    @BeforeEach
    void aQueueIsNotAsItShouldBe() {
        given(check.mismatches()).willReturn(List.of(new Mismatch("queue", QUEUE, "x-delivery-limit", "20", "3")));
        given(consumers.getListenerContainer(QUEUE)).willReturn(consumer);
        given(consumer.isRunning()).willAnswer(call -> consumes.get());
        willAnswer(call -> consumes.getAndSet(false)).given(consumer).stop();
        willAnswer(call -> consumes.getAndSet(true)).given(consumer).start();
    }

    @AfterEach
    void stop() {
        gate.stop();
    }

    @Test
    void goesOnLookingWhateverFails() {
        willThrow(new IllegalStateException("closing")).given(broker).initialize();
        willThrow(new IllegalStateException("busy"))
                .willAnswer(call -> consumes.getAndSet(false))
                .given(consumer)
                .stop();
        gate.start();
        await().untilAsserted(() -> assertThat(consumes).isFalse());
        verify(broker, timeout(SOON).atLeast(2)).initialize();
    }

    @Test
    void leavesAConsumerAloneThatPausesForAReasonOfItsOwn() {
        gate.start();
        await().untilAsserted(() -> assertThat(consumes).isFalse());
        pauses.set(true);
        given(check.mismatches()).willReturn(List.of());
        await().during(Duration.ofSeconds(3)).atMost(Duration.ofSeconds(10)).untilFalse(consumes);
        pauses.set(false);
        await().untilTrue(consumes);
        verify(consumer, atLeast(1)).start();
    }
}
