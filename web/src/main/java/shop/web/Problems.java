package shop.web;

import java.net.URI;
import java.util.Locale;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;

/** Makes problem details whose type is stable, so that a client can tell one failure from another. */
final class Problems {
    private static final String TYPE = "urn:mq-shop:problem:";
    private static final URI UNTYPED = URI.create("about:blank");

    private Problems() {}

    static ProblemDetail of(HttpStatusCode status, String slug, String detail) {
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(status, detail);
        problem.setType(URI.create(TYPE + slug));
        return problem;
    }

    static ProblemDetail of(HttpStatusCode status, String detail) {
        return of(status, slug(status.value()), detail);
    }

    /** Names the type of a problem that the framework made. */
    static ProblemDetail typed(ProblemDetail problem) {
        URI type = problem.getType();
        if (type == null || type.equals(UNTYPED)) {
            problem.setType(URI.create(TYPE + slug(problem.getStatus())));
        }
        return problem;
    }

    static ProblemDetail untold(HttpStatusCode status) {
        return of(status, "The request was not served: " + words(status.value()) + ".");
    }

    private static String slug(int status) {
        return switch (status) {
            case 400 -> "invalid-request";
            case 401 -> "unauthenticated";
            case 413 -> "too-large";
            case 500 -> "internal";
            case 503 -> "unavailable";
            default -> words(status).replace(' ', '-');
        };
    }

    private static String words(int status) {
        HttpStatus known = HttpStatus.resolve(status);
        return known == null ? "status " + status : known.getReasonPhrase().toLowerCase(Locale.ROOT);
    }
}
