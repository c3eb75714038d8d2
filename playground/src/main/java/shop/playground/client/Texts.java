package shop.playground.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The texts that the provider's stand-in was asked to send. */
public final class Texts {

    private final Api api;

    public Texts(Api api) {
        this.api = api;
    }

    public List<String> to(String phone) {
        Answer found = api.post(
                        "/__admin/requests/find",
                        Map.of(
                                "method",
                                "POST",
                                "urlPathPattern",
                                "/2010-04-01/Accounts/[^/]+/Messages\\.json",
                                "formParameters",
                                Map.of("To", Map.of("equalTo", phone))))
                .expect(200);
        List<String> texts = new ArrayList<>();
        for (JsonNode request : found.body().path("requests")) {
            texts.add(field(request.path("body").asText(), "Body"));
        }
        return texts;
    }

    private static String field(String form, String name) {
        for (String pair : form.split("&", -1)) {
            if (pair.startsWith(name + "=")) {
                return URLDecoder.decode(pair.substring(name.length() + 1), StandardCharsets.UTF_8);
            }
        }
        return "";
    }
}
