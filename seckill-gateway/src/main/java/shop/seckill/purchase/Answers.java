package shop.seckill.purchase;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import shop.seckill.sale.SaleProblems;
import shop.web.ProblemException;
import shop.web.ProblemWriter;
import tools.jackson.databind.json.JsonMapper;

/**
 * Tells buyers what became of their click, when it is known, on one of the server's threads: never on that which brought
 * the answer from Redis or from the broker, since a slow client would hold it. Given back to Spring instead, each answer
 * would go through the filters and the dispatcher a second time, a quarter of the whole work (ADR 10).
 */
@Component
final class Answers {
    private static final Logger log = LoggerFactory.getLogger(Answers.class);

    /** More than Redis and the broker may take for all that an answer needs, one after the other. */
    private static final Duration LONGEST = Duration.ofSeconds(30);

    private final JsonMapper json;
    private final ProblemWriter problems;

    Answers(JsonMapper json, ProblemWriter problems) {
        this.json = json;
        this.problems = problems;
    }

    /** Holds the request, and no thread, until the answer is there; no longer than anything that it waits for may take. */
    void send(UUID sale, CompletableFuture<Answer> answer, HttpServletRequest request, HttpServletResponse response) {
        AsyncContext held = request.startAsync(request, response);
        held.setTimeout(0); // ours is the one that counts
        var unused = answer.copy()
                .completeOnTimeout(Answer.of(Answer.Kind.UNAVAILABLE), LONGEST.toMillis(), TimeUnit.MILLISECONDS)
                .thenAccept(known -> held.start(() -> {
                    write(sale, known, request, response);
                    held.complete();
                }))
                .exceptionally(failure -> {
                    fail(response, failure);
                    held.complete();
                    return null;
                });
    }

    private void write(UUID sale, Answer answer, HttpServletRequest request, HttpServletResponse response) {
        try {
            ProblemException problem = problem(sale, answer);
            if (problem == null) {
                accept(Objects.requireNonNull(answer.ticket()), Objects.requireNonNull(answer.state()), response);
            } else {
                problems.write(problem, request, response);
            }
        } catch (IOException gone) {
            log.debug("A buyer did not wait for the answer", gone);
        } catch (RuntimeException e) {
            fail(response, e);
        }
    }

    /** Never an empty 200: a server error is the answer to which the same request is tried again. */
    private static void fail(HttpServletResponse response, Throwable failure) {
        log.error("A purchase could not be answered", failure);
        if (!response.isCommitted()) {
            response.resetBuffer();
            response.setStatus(HttpStatus.INTERNAL_SERVER_ERROR.value());
        }
    }

    private void accept(Ticket ticket, TicketState state, HttpServletResponse response) throws IOException {
        byte[] body = json.writeValueAsBytes(new PurchaseView(ticket, ticket.sale(), state, null, null));
        response.setStatus(HttpStatus.ACCEPTED.value());
        response.setHeader(HttpHeaders.LOCATION, location(ticket));
        response.setContentType(MediaType.APPLICATION_JSON_VALUE);
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }

    private static @Nullable ProblemException problem(UUID sale, Answer answer) {
        return switch (answer.kind()) {
            case ACCEPTED, REPEATED -> null;
            case SOLD_OUT -> SaleProblems.soldOut(sale.toString());
            case CLOSED -> SaleProblems.closed(sale.toString());
            case NOT_OPEN ->
                new ProblemException(HttpStatus.CONFLICT, "sale-not-open", "This sale has not begun.")
                        .with("opens", Objects.requireNonNull(answer.opens()));
            case UNKNOWN_SALE -> new ProblemException(HttpStatus.NOT_FOUND, "not-found", "There is no such sale.");
            case TAKEN ->
                SaleProblems.again("spoken-for", "Every unit is spoken for, but one may come free: try again.");
            case SHED -> SaleProblems.again("shed", "More come than can be served: nothing was taken, try again.");
            case UNCONFIRMED ->
                SaleProblems.again(
                                "unconfirmed", "Your purchase may be queued: the same request later finds your ticket.")
                        .header(HttpHeaders.LOCATION, location(Objects.requireNonNull(answer.ticket())));
            case RECOUNTING -> SaleProblems.recounting();
            case UNAVAILABLE -> SaleProblems.unavailable();
        };
    }

    private static String location(Ticket ticket) {
        return "/purchases/" + ticket;
    }
}
