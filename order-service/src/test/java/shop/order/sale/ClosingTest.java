package shop.order.sale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyInt;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.mockito.ArgumentCaptor;
import org.springframework.amqp.core.Message;
import org.springframework.dao.DataAccessResourceFailureException;
import shop.messaging.Ids;
import shop.messaging.MessageJson;
import shop.messaging.publishing.ConfirmedPublisher;
import shop.messaging.publishing.Outcome;

class ClosingTest {
    private final UUID sale = Ids.next();
    private final Sales sales = mock();
    private final ConfirmedPublisher publisher = mock();
    private final Closing closing = new Closing(sales, publisher, new MessageJson());

    @Test
    void sendsAMarkerBehindThePurchases() {
        ends(Outcome.CONFIRMED);

        closing.closeEnded();

        ArgumentCaptor<Message> marker = ArgumentCaptor.captor();
        verify(publisher).publish(eq("seckill.commands"), eq("purchase"), marker.capture());
        assertThat(marker.getValue().getMessageProperties().getType()).isEqualTo("sale.close");
        assertThat(new String(marker.getValue().getBody(), StandardCharsets.UTF_8))
                .isEqualTo("{\"sale\":\"%s\"}".formatted(sale));
        verify(sales, never()).markerDue(any(), any());
    }

    @ParameterizedTest
    @EnumSource(names = {"NACKED", "RETURNED", "UNSENT"})
    void comesBackSoonWhenTheQueueHasNoPlaceForIt(Outcome refused) {
        ends(refused);

        closing.closeEnded();

        verify(sales).markerDue(eq(sale), any());
    }

    @Test
    void waitsForTheLeaseWhenNobodyKnows() {
        ends(Outcome.UNKNOWN);

        closing.closeEnded();

        verify(sales, never()).markerDue(any(), any());
    }

    @Test
    void waitsForTheDatabase() {
        when(sales.claimEnded(any(), anyInt())).thenThrow(new DataAccessResourceFailureException("away"));

        closing.closeEnded();

        verify(publisher, never()).publish(any(), any(), any());
    }

    private void ends(Outcome outcome) {
        when(sales.claimEnded(any(), anyInt())).thenReturn(List.of(sale));
        when(publisher.publish(any(), any(), any())).thenReturn(CompletableFuture.completedFuture(outcome));
    }
}
