package shop.order.customer;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.security.SecurityRequirement;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import java.net.URI;
import java.security.Principal;
import java.util.UUID;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import shop.events.CustomerRegistered;
import shop.messaging.Ids;
import shop.order.ApiDocumentation;
import shop.order.Events;
import shop.order.Now;
import shop.web.ProblemException;

@RestController
@RequestMapping(produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "1 Customers")
final class CustomerController {
    private final Accounts accounts;
    private final Customers customers;
    private final BCryptPasswordEncoder passwords;
    private final Events events;
    private final TransactionTemplate transaction;

    CustomerController(
            Accounts accounts,
            Customers customers,
            BCryptPasswordEncoder passwords,
            Events events,
            TransactionTemplate transaction) {
        this.accounts = accounts;
        this.customers = customers;
        this.passwords = passwords;
        this.events = events;
        this.transaction = transaction;
    }

    @PostMapping("/customers")
    @ResponseStatus(HttpStatus.CREATED)
    @Operation(summary = "Opens an account")
    ResponseEntity<Customer> register(@Valid @RequestBody Registration registration) {
        Customer customer = registration.customer(Ids.next());
        String hash = passwords.encode(registration.password()); // takes its time: not while holding a connection
        transaction.executeWithoutResult(status -> add(customer, hash));
        return ResponseEntity.created(URI.create("/customers/" + customer.id())).body(customer);
    }

    private void add(Customer customer, String passwordHash) {
        if (customer.email().equalsIgnoreCase(OperatorProperties.EMAIL)
                || !accounts.add(customer.id(), customer.email(), passwordHash)) {
            throw new ProblemException(
                    HttpStatus.CONFLICT, "email-taken", "There is an account with this e-mail address already.");
        }
        customers.add(customer);
        events.publish(new CustomerRegistered(Ids.next(), Now.instant(), customer.id(), customer.recipient()));
    }

    @GetMapping("/customers/{id}")
    @Operation(summary = "Your own account", security = @SecurityRequirement(name = ApiDocumentation.BEARER))
    Customer read(@PathVariable UUID id, Principal caller) {
        return customers
                .find(id)
                .filter(customer -> caller.getName().equals(customer.id().toString()))
                .orElseThrow(
                        () -> new ProblemException(HttpStatus.NOT_FOUND, "not-found", "You have no such account."));
    }
}
