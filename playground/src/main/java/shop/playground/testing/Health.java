package shop.playground.testing;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/** Asks a service in this JVM how it is. */
public final class Health {

    private final HttpClient http = HttpClient.newHttpClient();
    private final String root;

    /** Of the service at this port of 127.0.0.1, as {@code local.server.port} has it. */
    public Health(String port) {
        this.root = "http://127.0.0.1:" + port + "/actuator/health";
    }

    public HttpResponse<String> liveness() throws IOException, InterruptedException {
        return get("/liveness");
    }

    public HttpResponse<String> readiness() throws IOException, InterruptedException {
        return get("/readiness");
    }

    /** Of everything, what is not needed for readiness too. */
    public HttpResponse<String> all() throws IOException, InterruptedException {
        return get("");
    }

    private HttpResponse<String> get(String group) throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(URI.create(root + group)).build(), HttpResponse.BodyHandlers.ofString());
    }
}
