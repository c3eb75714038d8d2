package shop.order.customer;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * The one who runs the shop.
 *
 * @param password without it, there is no operator
 */
@ConfigurationProperties("shop.operator")
record OperatorProperties(@Nullable String password) {
    static final String EMAIL = "operator@shop.example";

    @Override
    public String toString() {
        return "OperatorProperties[password hidden]";
    }
}
