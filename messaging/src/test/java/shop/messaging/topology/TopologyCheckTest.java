package shop.messaging.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyBoolean;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.willReturn;
import static org.mockito.BDDMockito.willThrow;
import static org.mockito.Mockito.mock;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.amqp.core.Queue;

class TopologyCheckTest {
    private final Queue wrong = new Queue("cart.events");
    private final Queue next = new Queue("cart.more");
    private final Channel channel = mock();
    private final Connection connection = mock();
    private final TopologyCheck check = new TopologyCheck();

    @Test
    void isNotMisledByAConnectionThatBreaksBehindAMismatch() throws Exception {
        given(connection.createChannel()).willReturn(channel);
        willThrow(new IOException(new ShutdownSignalException(false, false, refusal(), null)))
                .given(channel)
                .queueDeclare(eq("cart.events"), anyBoolean(), anyBoolean(), anyBoolean(), any());
        willThrow(new IOException("reset"))
                .willReturn(null)
                .given(channel)
                .queueDeclare(eq("cart.more"), anyBoolean(), anyBoolean(), anyBoolean(), any());

        assertThatIOException().isThrownBy(() -> check.run(connection, List.of(wrong, next)));
        check.run(connection, List.of(wrong, next));
        assertThat(check.mismatches()).extracting(Mismatch::name).containsExactly("cart.events");
        assertThat(wrong.shouldDeclare()).isFalse();

        willReturn(null)
                .given(channel)
                .queueDeclare(eq("cart.events"), anyBoolean(), anyBoolean(), anyBoolean(), any());
        check.run(connection, List.of(wrong, next));
        assertThat(check.mismatches()).isEmpty();
        assertThat(wrong.shouldDeclare()).isTrue();
    }

    private static AMQP.Channel.Close refusal() {
        return new AMQP.Channel.Close.Builder()
                .replyText("PRECONDITION_FAILED - inequivalent arg 'x-delivery-limit' for queue 'cart.events' in vhost"
                        + " 'shop': received the value '20' of type 'signedint' but current is the value '3' of type"
                        + " 'signedint'")
                .build();
    }
}
