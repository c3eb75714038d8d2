package shop.order.payment;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.security.SecurityRequirement;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import java.security.Principal;
import java.util.UUID;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import shop.order.ApiDocumentation;
import shop.order.ordering.OrderView;

@RestController
@RequestMapping(produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "5 Payments")
@SecurityRequirement(name = ApiDocumentation.BEARER)
final class PaymentController {
    private final Paying paying;

    PaymentController(Paying paying) {
        this.paying = paying;
    }

    record Payment(@NotNull @Valid Card card) {}

    @PostMapping("/orders/{id}/payment")
    @Operation(
            summary = "Pays an order",
            description = "It is safe to send this again: a card is charged once. After `payBefore` the order is"
                    + " cancelled if it is not paid; a payment that comes before that is taken, however late.")
    OrderView pay(@PathVariable UUID id, @Valid @RequestBody Payment payment, Principal buyer) {
        return OrderView.of(paying.pay(UUID.fromString(buyer.getName()), id, payment.card()));
    }
}
