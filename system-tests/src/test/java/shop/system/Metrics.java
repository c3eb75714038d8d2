package shop.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import shop.playground.client.Api;
import shop.playground.shop.Service;

/** What a service has counted until now. */
final class Metrics {
    private final String text;

    private Metrics(String text) {
        this.text = text;
    }

    static Metrics of(Service service) {
        try {
            return new Metrics(Api.client()
                    .send(
                            HttpRequest.newBuilder(service.uri().resolve("actuator/prometheus"))
                                    .build(),
                            BodyHandlers.ofString())
                    .body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** A counter's values by one of its tags. */
    Map<String, Long> byTag(String counter, String tag) {
        Map<String, Long> values = new TreeMap<>();
        Pattern.compile("(?m)^%s\\{(?:.*,)?%s=\"([^\"]*)\".*} (\\S+)$".formatted(counter, tag))
                .matcher(text)
                .results()
                .forEach(line -> values.merge(line.group(1), (long) Double.parseDouble(line.group(2)), Long::sum));
        return values;
    }
}
