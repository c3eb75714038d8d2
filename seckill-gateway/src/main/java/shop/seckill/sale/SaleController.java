package shop.seckill.sale;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.ExampleObject;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import shop.web.ProblemException;

/** Sales over HTTP. */
@RestController
final class SaleController {
    private final Sales sales;

    SaleController(Sales sales) {
        this.sales = sales;
    }

    @Operation(
            summary = "A sale as the gateway heard of it last",
            description = "Units in `left` may be promised to buyers who wait in the queue.")
    @ApiResponse(
            responseCode = "200",
            description = "The sale",
            content = @Content(mediaType = "application/json", examples = @ExampleObject("""
                    {"id":"01890000-0000-7000-8000-0000000000a1","opens":"2026-06-01T18:00:00Z",
                     "closes":"2026-06-01T19:00:00Z","price":{"amount":1999,"currency":"EUR"},"left":42}""")))
    @ApiResponse(responseCode = "404", description = "`not-found`: no such sale", content = @Content)
    @ApiResponse(responseCode = "503", description = "`recounting` or `unavailable`: try again", content = @Content)
    @GetMapping("/sales/{sale}")
    CompletableFuture<Sales.Sale> sale(
            @Parameter(example = "01890000-0000-7000-8000-0000000000a1") @PathVariable UUID sale) {
        return sales.find(sale)
                .exceptionallyCompose(failure -> CompletableFuture.failedFuture(problem(failure)))
                .thenApply(found -> found.orElseThrow(
                        () -> new ProblemException(HttpStatus.NOT_FOUND, "not-found", "There is no such sale.")));
    }

    private static Throwable problem(Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        return cause instanceof ProblemException ? cause : SaleProblems.unavailable();
    }
}
