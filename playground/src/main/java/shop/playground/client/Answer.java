package shop.playground.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import shop.playground.load.Reply;
import shop.playground.load.Request;

/** What an API said to one request. */
public record Answer(String request, int status, Headers headers, JsonNode body) {

    private static final JsonMapper json = new JsonMapper();
    private static final Duration DEFAULT_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

    /** Those that came with it. */
    @FunctionalInterface
    public interface Headers {

        /** The first of this name, in whatever case. */
        @Nullable
        String first(String name);
    }

    static Answer of(Request request, Reply reply) {
        return of(request.toString(), reply.status(), reply::header, reply.body());
    }

    /** A body that is no JSON counts as none: the status alone then decides. */
    static Answer of(String request, int status, Headers headers, String body) {
        JsonNode read;
        try {
            read = json.readTree(body);
        } catch (JsonProcessingException e) {
            read = json.createObjectNode();
        }
        return new Answer(request, status, headers, read);
    }

    /** Itself, if it has this status. */
    public Answer expect(int expected) {
        if (status != expected) {
            throw new UnexpectedException(
                    "%s answered %d instead of %d%s".formatted(request, status, expected, detail()));
        }
        return this;
    }

    public String text(String field) {
        JsonNode value = body.path(field);
        if (value.isMissingNode() || value.isNull()) {
            throw new UnexpectedException("%s answered without \"%s\": %s".formatted(request, field, body));
        }
        return value.asText();
    }

    public int number(String field) {
        JsonNode value = body.path(field);
        if (!value.isNumber()) {
            throw new UnexpectedException("%s answered without a number \"%s\": %s".formatted(request, field, body));
        }
        return value.asInt();
    }

    /** The last part of the problem's type, or nothing where the answer is no problem. */
    public String problem() {
        String type = body.path("type").asText("");
        return type.substring(type.lastIndexOf(':') + 1);
    }

    /** Retry-After in seconds, the form that the shop uses; a second where there is none. */
    public Duration retryAfter() {
        return Optional.ofNullable(headers.first("Retry-After"))
                .filter(value -> value.matches("\\d{1,4}"))
                .map(value -> Duration.ofSeconds(Long.parseLong(value)))
                .map(pause -> pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause)
                .orElse(DEFAULT_PAUSE);
    }

    private String detail() {
        String detail = body.path("detail").asText("");
        return detail.isEmpty() ? "" : ": " + detail;
    }
}
