package shop.seckill.sale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;

import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.mockito.ArgumentCaptor;
import org.springframework.amqp.core.Message;
import shop.messaging.MessageJson;
import shop.seckill.broker.BrokerLink;

class SoldOutTest {
    private final AtomicLong now = new AtomicLong(-17);
    private final BrokerLink broker = mock();
    private final SoldOut soldOut = new SoldOut(broker, new MessageJson(), now::get);
    private final UUID sale = UUID.randomUUID();

    @Test
    void lastsASecond() {
        assertThat(soldOut.is(sale)).isFalse();
        soldOut.tell(sale);
        now.addAndGet(TimeUnit.MILLISECONDS.toNanos(999));
        assertThat(soldOut.is(sale)).isTrue();
        assertThat(soldOut.is(UUID.randomUUID())).isFalse();

        soldOut.tell(sale);
        now.addAndGet(TimeUnit.MILLISECONDS.toNanos(1));
        assertThat(soldOut.is(sale)).as("told again, it lasts no longer").isFalse();
    }

    @Test
    void isAnnouncedOnceASecond() {
        soldOut.tell(sale);
        soldOut.tell(sale);
        verify(broker, times(1)).announce(eq(SoldOut.EXCHANGE), any());

        now.addAndGet(TimeUnit.SECONDS.toNanos(1));
        soldOut.tell(sale);
        verify(broker, times(2)).announce(eq(SoldOut.EXCHANGE), any());
    }

    @Test
    void spreadsFromGatewayToGateway() {
        soldOut.tell(sale);
        ArgumentCaptor<Message> announcement = ArgumentCaptor.captor();
        verify(broker).announce(eq(SoldOut.EXCHANGE), announcement.capture());
        BrokerLink quiet = mock();
        SoldOut elsewhere = new SoldOut(quiet, new MessageJson(), now::get);

        elsewhere.onMessage(announcement.getValue());

        assertThat(elsewhere.is(sale)).isTrue();
        verify(quiet, times(0)).announce(any(), any());
    }
}
