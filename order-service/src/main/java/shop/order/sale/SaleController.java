package shop.order.sale;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.security.SecurityRequirement;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import java.net.URI;
import java.util.UUID;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import shop.order.ApiDocumentation;
import shop.web.ProblemException;

@RestController
@Tag(name = "6 Flash sales", description = "Buying is the gateway's business: POST /sales/{sale}/purchases there.")
final class SaleController {
    private final Selling selling;
    private final Sales sales;
    private final Purchases purchases;

    SaleController(Selling selling, Sales sales, Purchases purchases) {
        this.selling = selling;
        this.sales = sales;
        this.purchases = purchases;
    }

    @PostMapping("/sales")
    @Operation(summary = "Sets up a sale (operator)", description = "Takes its units out of the product's stock.")
    @SecurityRequirement(name = ApiDocumentation.BEARER)
    ResponseEntity<SaleView> open(@Valid @RequestBody SaleRequest request) {
        SaleView sale = SaleView.of(selling.open(request));
        return ResponseEntity.created(URI.create("/sales/" + sale.id())).body(sale);
    }

    @GetMapping("/sales/{id}")
    @Operation(summary = "A sale")
    SaleView read(@PathVariable UUID id) {
        return sales.find(id).map(SaleView::of).orElseThrow(SaleController::notFound);
    }

    @GetMapping("/sales/{id}/balance")
    @Operation(summary = "Where the units of a sale are (operator)")
    @SecurityRequirement(name = ApiDocumentation.BEARER)
    Balance balance(@PathVariable UUID id) {
        return purchases.balance(id).orElseThrow(SaleController::notFound);
    }

    private static ProblemException notFound() {
        return new ProblemException(HttpStatus.NOT_FOUND, "not-found", "There is no such sale.");
    }
}
