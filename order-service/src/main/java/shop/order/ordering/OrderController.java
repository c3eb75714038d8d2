package shop.order.ordering;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.security.SecurityRequirement;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.net.URI;
import java.security.Principal;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import shop.order.ApiDocumentation;
import shop.order.PlainText;
import shop.web.ProblemException;

@RestController
@RequestMapping(produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "4 Orders")
@SecurityRequirement(name = ApiDocumentation.BEARER)
final class OrderController {
    private static final String KEY = "[\\x20-\\x7e]{1,100}";

    private final Ordering ordering;
    private final Orders orders;

    OrderController(Ordering ordering, Orders orders) {
        this.ordering = ordering;
        this.orders = orders;
    }

    record Cancellation(
            @Nullable
            @Size(min = 1, max = 200)
            @Pattern(regexp = PlainText.PATTERN)
            @Schema(example = "changed my mind")
            String reason) {}

    @PostMapping("/orders")
    @ResponseStatus(HttpStatus.CREATED)
    @Operation(summary = "Places an order")
    ResponseEntity<OrderView> place(
            @Parameter(description = "makes it safe to send the same order again", required = true, example = "order-1")
                    @RequestHeader(name = "Idempotency-Key", required = false)
                    @Nullable
                    String key,
            @Valid @RequestBody OrderRequest request,
            Principal buyer) {
        OrderView order = OrderView.of(ordering.place(UUID.fromString(buyer.getName()), checked(key), request));
        return ResponseEntity.created(URI.create("/orders/" + order.id())).body(order);
    }

    private static String checked(@Nullable String key) {
        if (key == null || key.isBlank()) {
            throw new ProblemException(
                    HttpStatus.BAD_REQUEST,
                    "missing-idempotency-key",
                    "Send a header Idempotency-Key, new for each order, so that the request can be repeated safely.");
        }
        if (!key.matches(KEY)) {
            throw new ProblemException(
                    HttpStatus.BAD_REQUEST,
                    "invalid-request",
                    "An Idempotency-Key has 1 to 100 printable ASCII characters.");
        }
        return key;
    }

    @GetMapping("/orders/{id}")
    @Operation(summary = "An order of yours")
    OrderView read(@PathVariable UUID id, HttpServletRequest request, Principal caller) {
        boolean any = request.isUserInRole("OPERATOR");
        return orders.find(id)
                .filter(order -> any || caller.getName().equals(order.customer().toString()))
                .map(OrderView::of)
                .orElseThrow(OrderProblems::notFound);
    }

    @PostMapping("/orders/{id}/cancellation")
    @Operation(
            summary = "Cancels an order that is not paid",
            description = "Its units are for others again. While a payment of it has no answer (it was answered 503, or"
                    + " not at all), the answer is 409 with the problem `payment-pending`: send the payment again,"
                    + " then cancel. Sending this again is safe.")
    OrderView cancel(
            @PathVariable UUID id, @Valid @RequestBody(required = false) @Nullable Cancellation body, Principal buyer) {
        String reason = body == null || body.reason() == null ? "cancelled by the buyer" : body.reason();
        return OrderView.of(ordering.cancel(UUID.fromString(buyer.getName()), id, reason));
    }
}
