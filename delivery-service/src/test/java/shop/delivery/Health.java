package shop.delivery;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.springframework.context.ConfigurableApplicationContext;

/** Asks a running service how it is. */
final class Health {
    private Health() {}

    /**
     * The answer to a health check.
     *
     * @param group such as {@code /readiness}; empty for everything
     */
    static HttpResponse<String> of(ConfigurableApplicationContext service, String group)
            throws IOException, InterruptedException {
        String port = service.getEnvironment().getRequiredProperty("local.server.port");
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(
                                        URI.create("http://127.0.0.1:%s/actuator/health%s".formatted(port, group)))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
    }
}
