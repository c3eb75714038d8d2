package shop.seckill.purchase;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A ticket as its buyer sees it. */
@JsonInclude(JsonInclude.Include.NON_NULL)
record PurchaseView(
        @Schema(type = "string") Ticket ticket,
        UUID sale,
        TicketState state,
        @Nullable String order,
        @Nullable String reason) {

    static PurchaseView of(Ticket ticket, Tickets.Entry entry) {
        return new PurchaseView(ticket, ticket.sale(), entry.state(), entry.order(), entry.reason());
    }
}
