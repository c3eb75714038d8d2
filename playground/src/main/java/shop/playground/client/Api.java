package shop.playground.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import shop.playground.load.Request;

/** One HTTP API that speaks JSON. */
public final class Api {

    private static final JsonMapper json = new JsonMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private final HttpClient http;
    private final URI root;
    private final Map<String, String> headers;

    public Api(HttpClient http, URI root) {
        this(http, root, Map.of());
    }

    private Api(HttpClient http, URI root, Map<String, String> headers) {
        this.http = http;
        this.root = root;
        this.headers = headers;
    }

    public static HttpClient client() {
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(5))
                .build();
    }

    public Api withToken(String token) {
        return with("Authorization", "Bearer " + token);
    }

    public Api withPassword(String user, String password) {
        byte[] credentials = (user + ":" + password).getBytes(java.nio.charset.StandardCharsets.UTF_8);
        return with("Authorization", "Basic " + Base64.getEncoder().encodeToString(credentials));
    }

    /** Sends this header with every request. */
    public Api with(String header, String value) {
        Map<String, String> more = new HashMap<>(headers);
        more.put(header, value);
        return new Api(http, root, more);
    }

    public Answer get(String path) {
        return getAsync(path).join();
    }

    public Answer post(String path, Object body) {
        return postAsync(path, body, Map.of()).join();
    }

    public Answer post(String path, Object body, Map<String, String> headers) {
        return postAsync(path, body, headers).join();
    }

    public CompletableFuture<Answer> getAsync(String path) {
        return send(request(path).GET().build());
    }

    public CompletableFuture<Answer> postAsync(String path, Object body) {
        return postAsync(path, body, Map.of());
    }

    /** Without a body. */
    public CompletableFuture<Answer> postAsync(String path) {
        return send(request(path).POST(BodyPublishers.noBody()).build());
    }

    private CompletableFuture<Answer> postAsync(String path, Object body, Map<String, String> headers) {
        HttpRequest.Builder request = request(path).header("Content-Type", "application/json");
        headers.forEach(request::header);
        try {
            return send(request.POST(BodyPublishers.ofString(json.writeValueAsString(body)))
                    .build());
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    private HttpRequest.Builder request(String path) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(root.resolve(path)).timeout(PATIENCE).header("Accept", "application/json");
        headers.forEach(request::header);
        return request;
    }

    /** As this client sends it: with its headers, beside the request's own. */
    CompletableFuture<Answer> send(Request request) {
        HttpRequest.Builder builder = request(request.path());
        if (request.token() != null) {
            builder.header("Authorization", "Bearer " + request.token());
        }
        if (request.json() == null) {
            builder.method(request.method(), BodyPublishers.noBody());
        } else {
            builder.header("Content-Type", "application/json");
            builder.method(request.method(), BodyPublishers.ofString(request.json()));
        }
        return send(builder.build());
    }

    private CompletableFuture<Answer> send(HttpRequest request) {
        String name = request.method() + " " + request.uri();
        return http.sendAsync(request, BodyHandlers.ofString())
                .thenApply(response -> Answer.of(
                        name,
                        response.statusCode(),
                        header -> response.headers().firstValue(header).orElse(null),
                        response.body()));
    }
}
