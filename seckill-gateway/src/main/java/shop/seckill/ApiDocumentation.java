package shop.seckill;

import io.swagger.v3.oas.annotations.OpenAPIDefinition;
import io.swagger.v3.oas.annotations.enums.SecuritySchemeType;
import io.swagger.v3.oas.annotations.info.Info;
import io.swagger.v3.oas.annotations.security.SecurityScheme;

/** What the OpenAPI page says of the API as a whole. Operations that need a token name the scheme. */
@OpenAPIDefinition(
        info =
                @Info(
                        title = "Flash sale gateway",
                        version = "1",
                        description = "Get a token of a customer from the order service (POST /tokens there), authorize"
                                + " with it, and buy. Failures are problem details (RFC 9457)."))
@SecurityScheme(name = ApiDocumentation.BEARER, type = SecuritySchemeType.HTTP, scheme = "bearer", bearerFormat = "JWT")
public final class ApiDocumentation {
    /** The name of the scheme by which callers show their token. */
    public static final String BEARER = "bearer";

    private ApiDocumentation() {}
}
