package shop.order;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import shop.order.Api.Answer;
import shop.order.Api.Caller;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

@WholeServiceTest
class ApiDocumentationIT {
    private final Api api;

    ApiDocumentationIT(@Autowired Api api) {
        this.api = api;
    }

    @Test
    void examplesWorkWhenPasted() {
        JsonNode documentation =
                Api.ok(200, api.get("/v3/api-docs", Api.NOBODY)).json();

        Answer registered = api.post("/customers", Api.NOBODY, example(documentation, "/customers"));
        assertThat(registered.status()).as(registered.body()).isEqualTo(201);
        Answer token = Api.ok(200, api.post("/tokens", Api.NOBODY, example(documentation, "/tokens")));
        Caller buyer = new Caller(registered.text("id"), token.text("accessToken"));
        Answer placed = api.order(buyer, "order-1", example(documentation, "/orders"));
        assertThat(placed.status()).as(placed.body()).isEqualTo(201);
        Answer cancelled = api.cancel(buyer, placed.text("id"), example(documentation, "/orders/{id}/cancellation"));
        assertThat(cancelled.status()).as(cancelled.body()).isEqualTo(200);
        placed = Api.ok(201, api.order(buyer, "order-2", example(documentation, "/orders")));
        Answer paid = api.pay(buyer, placed.text("id"), example(documentation, "/orders/{id}/payment"));
        assertThat(paid.status()).as(paid.body()).isEqualTo(200);
        Answer sale = api.post("/sales", api.operator(), example(documentation, "/sales"));
        assertThat(sale.status()).as(sale.body()).isEqualTo(201);
    }

    @Test
    void everyBodyHasAnExample() {
        JsonNode documentation =
                Api.ok(200, api.get("/v3/api-docs", Api.NOBODY)).json();

        for (String path : documentation.path("paths").propertyNames()) {
            JsonNode post = documentation.path("paths").path(path).path("post");
            if (post.has("requestBody")) {
                assertThat(example(documentation, path))
                        .as(path)
                        .startsWith("{\"")
                        .doesNotContain("{}");
            }
        }
    }

    @Test
    void saysThatAPendingPaymentStandsInTheWayOfACancellation() {
        JsonNode documentation = api.get("/v3/api-docs", Api.NOBODY).json();

        assertThat(documentation
                        .at("/paths/~1orders~1{id}~1cancellation/post/description")
                        .asString())
                .contains("payment-pending");
    }

    @Test
    void saysWhichOperationsNeedAToken() {
        JsonNode documentation = api.get("/v3/api-docs", Api.NOBODY).json();

        assertThat(documentation.at("/components/securitySchemes/bearer/scheme").asString())
                .isEqualTo("bearer");
        assertThat(documentation.at("/paths/~1orders/post").has("security")).isTrue();
        assertThat(documentation.at("/paths/~1products/get").has("security")).isFalse();
        assertThat(api.get("/swagger-ui/index.html", Api.NOBODY).status()).isEqualTo(200);
    }

    private static String example(JsonNode documentation, String path) {
        JsonNode body =
                documentation.path("paths").path(path).path("post").at("/requestBody/content/application~1json/schema");
        return filled(documentation, body).toString();
    }

    private static JsonNode filled(JsonNode documentation, JsonNode schema) {
        if (schema.has("$ref")) {
            return filled(
                    documentation,
                    documentation.at(schema.path("$ref").asString().substring(1)));
        }
        if (schema.has("example")) {
            return schema.path("example");
        }
        ObjectNode object = new JsonMapper().createObjectNode();
        for (Map.Entry<String, JsonNode> property : schema.path("properties").properties()) {
            object.set(property.getKey(), filled(documentation, property.getValue()));
        }
        return object;
    }
}
