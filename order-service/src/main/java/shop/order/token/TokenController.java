package shop.order.token;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.security.oauth2.jwt.JwtEncoder;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import shop.order.PlainText;
import shop.order.customer.Account;
import shop.order.customer.Accounts;
import shop.web.ProblemException;

@RestController
@RequestMapping(produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "2 Tokens")
final class TokenController {
    private final Accounts accounts;
    private final JwtEncoder encoder;
    private final SigningKeys keys;
    private final Duration lifetime;

    TokenController(Accounts accounts, JwtEncoder encoder, SigningKeys keys, TokenProperties properties) {
        this.accounts = accounts;
        this.encoder = encoder;
        this.keys = keys;
        this.lifetime = properties.lifetime();
    }

    record Credentials(
            @PlainText @Size(max = 254) @Schema(example = "ada@example.com")
            String email,

            @NotNull @Size(min = 1, max = 200) @Schema(example = "correct horse battery")
            String password) {

        @Override
        public String toString() {
            return "Credentials[hidden]";
        }
    }

    record Token(String accessToken, String tokenType, long expiresIn) {}

    @PostMapping("/tokens")
    @Operation(summary = "Signs in")
    ResponseEntity<Token> issue(@Valid @RequestBody Credentials credentials) {
        Account account = accounts.authenticate(credentials.email(), credentials.password())
                .orElseThrow(() -> new ProblemException(
                        HttpStatus.UNAUTHORIZED, "unauthenticated", "The e-mail address or the password is wrong."));
        Instant now = Instant.now();
        String token = encoder.encode(Tokens.contents(account, now, now.plus(lifetime)))
                .getTokenValue();
        return ResponseEntity.ok()
                .cacheControl(CacheControl.noStore())
                .body(new Token(token, "Bearer", lifetime.toSeconds()));
    }

    @GetMapping("/.well-known/jwks.json")
    @Operation(summary = "The keys to verify tokens with")
    Map<String, Object> keys() {
        return keys.keys().toJSONObject(true);
    }
}
