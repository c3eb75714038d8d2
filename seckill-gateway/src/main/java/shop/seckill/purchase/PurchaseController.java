package shop.seckill.purchase;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.headers.Header;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.ExampleObject;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.security.SecurityRequirement;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.validation.constraints.Pattern;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import shop.seckill.ApiDocumentation;
import shop.seckill.sale.SaleProblems;
import shop.web.ProblemException;

/** Purchases over HTTP. */
@RestController
@SecurityRequirement(name = ApiDocumentation.BEARER)
final class PurchaseController {
    private static final String SALE = "01890000-0000-7000-8000-0000000000a1";
    private static final String TICKET = SALE + ".01890000-0000-7000-8000-0000000000b2";
    private static final String WAIT = "1?[0-9]|2[0-5]";

    private final Purchases purchases;
    private final Answers answers;
    private final Tickets tickets;
    private final Waiting waiting;

    PurchaseController(Purchases purchases, Answers answers, Tickets tickets, Waiting waiting) {
        this.purchases = purchases;
        this.answers = answers;
        this.tickets = tickets;
        this.waiting = waiting;
    }

    @Operation(
            summary = "Buy one unit of a sale",
            description =
                    "The buyer is the token's subject. However often it is repeated, a buyer has one ticket of a sale.")
    @ApiResponse(
            responseCode = "202",
            description = "The purchase is queued: ask for the ticket what became of it",
            headers = @Header(name = "Location", description = "`/purchases/{ticket}`"),
            content =
                    @Content(
                            mediaType = "application/json",
                            schema = @Schema(implementation = PurchaseView.class),
                            examples = @ExampleObject("{\"ticket\":\"" + TICKET + "\",\"sale\":\"" + SALE
                                            + "\",\"state\":\"QUEUED\"}")))
    @ApiResponse(responseCode = "404", description = "`not-found`: no such sale", content = @Content)
    @ApiResponse(responseCode = "409", description = "`sale-not-open`: it says when it opens", content = @Content)
    @ApiResponse(
            responseCode = "410",
            description = "`sold-out` or `sale-closed`, with a link to where the buyer's own ticket is, if any",
            content = @Content)
    @ApiResponse(
            responseCode = "503",
            description = "`shed`: the queue is full, no unit was taken; `spoken-for`: every unit has a"
                    + " buyer, but one may come free; `unconfirmed`: it may be queued, the same"
                    + " request later finds the ticket; `recounting`: what is left is not known at the moment;"
                    + " `unavailable`. All with Retry-After",
            content = @Content)
    @PostMapping("/sales/{sale}/purchases")
    void buy(
            @Parameter(example = SALE) @PathVariable UUID sale,
            @Parameter(hidden = true) @AuthenticationPrincipal Jwt token,
            HttpServletRequest request,
            HttpServletResponse response) {
        answers.send(sale, purchases.buy(sale, buyer(token)), request, response);
    }

    @Operation(
            summary = "The buyer's own ticket of a sale",
            description =
                    "For who does not know it: because an answer was lost, say. Where it was refused or its order was"
                            + " cancelled, the buyer has none, and may buy again.")
    @ApiResponse(
            responseCode = "200",
            description = "The ticket",
            content =
                    @Content(
                            mediaType = "application/json",
                            examples = @ExampleObject("{\"ticket\":\"" + TICKET + "\",\"sale\":\"" + SALE
                                            + "\",\"state\":\"QUEUED\"}")))
    @ApiResponse(responseCode = "404", description = "`not-found`: no ticket of this buyer", content = @Content)
    @ApiResponse(responseCode = "503", description = "`unavailable`: try again", content = @Content)
    @GetMapping("/sales/{sale}/purchases")
    CompletableFuture<PurchaseView> own(
            @Parameter(example = SALE) @PathVariable UUID sale,
            @Parameter(hidden = true) @AuthenticationPrincipal Jwt token) {
        UUID buyer = buyer(token);
        return tickets.heldBy(buyer, sale)
                .exceptionallyCompose(failure -> CompletableFuture.failedFuture(SaleProblems.unavailable()))
                .thenCompose(held -> held.map(ticket ->
                                find(ticket, buyer.toString()).thenApply(entry -> PurchaseView.of(ticket, entry)))
                        .orElseThrow(PurchaseController::noTicket));
    }

    @Operation(
            summary = "What became of a ticket",
            description = "Only its own buyer sees it. With `wait`, the answer to a ticket that is `ADMITTED` or"
                    + " `QUEUED` comes as soon as it is `ORDERED` or `REFUSED`, or as it is when"
                    + " that many seconds are over; sooner when too many wait already.")
    @ApiResponse(
            responseCode = "200",
            description = "The ticket",
            content =
                    @Content(
                            mediaType = "application/json",
                            examples = {
                                @ExampleObject(
                                        name = "ordered",
                                        value =
                                                "{\"ticket\":\"" + TICKET + "\",\"sale\":\"" + SALE
                                                        + "\",\"state\":\"ORDERED\",\"order\":\"01890000-0000-7000-8000-0000000000c3\"}"),
                                @ExampleObject(
                                        name = "refused",
                                        value = "{\"ticket\":\"" + TICKET + "\",\"sale\":\"" + SALE
                                                + "\",\"state\":\"REFUSED\",\"reason\":\"SOLD_OUT\"}")
                            }))
    @ApiResponse(
            responseCode = "400",
            description = "`invalid-request`: not a ticket or not a wait",
            content = @Content)
    @ApiResponse(responseCode = "404", description = "`not-found`: no such ticket of this buyer", content = @Content)
    @ApiResponse(responseCode = "503", description = "`unavailable`: try again", content = @Content)
    @GetMapping("/purchases/{ticket}")
    CompletableFuture<PurchaseView> purchase(
            @Parameter(example = TICKET, schema = @Schema(type = "string")) @PathVariable Ticket ticket,
            @Parameter(
                            description = "Seconds to wait for the outcome, 0 to 25",
                            schema = @Schema(type = "integer", minimum = "0", maximum = "25", defaultValue = "0"))
                    @RequestParam(name = "wait", required = false)
                    @Pattern(regexp = WAIT, message = "must be a whole number of seconds from 0 to 25")
                    @Nullable
                    String wait,
            @Parameter(hidden = true) @AuthenticationPrincipal Jwt token) {
        String buyer = buyer(token).toString();
        Duration atMost = Duration.ofSeconds(wait == null ? 0 : Long.parseLong(wait));
        return find(ticket, buyer)
                .thenCompose(entry -> entry.state().settled() || atMost.isZero()
                        ? CompletableFuture.completedFuture(entry)
                        : waiting.forOutcome(ticket, atMost).thenCompose(over -> find(ticket, buyer)))
                .thenApply(entry -> PurchaseView.of(ticket, entry));
    }

    private CompletableFuture<Tickets.Entry> find(Ticket ticket, String buyer) {
        return tickets.find(ticket)
                .exceptionallyCompose(failure -> CompletableFuture.failedFuture(SaleProblems.unavailable()))
                .thenApply(found ->
                        found.filter(entry -> entry.buyer().equals(buyer)).orElseThrow(PurchaseController::noTicket));
    }

    private static ProblemException noTicket() {
        return new ProblemException(HttpStatus.NOT_FOUND, "not-found", "You have no such ticket.");
    }

    private static UUID buyer(Jwt token) {
        try {
            return UUID.fromString(token.getSubject());
        } catch (IllegalArgumentException | NullPointerException e) {
            throw new ProblemException(HttpStatus.FORBIDDEN, "forbidden", "This token names no customer.");
        }
    }
}
