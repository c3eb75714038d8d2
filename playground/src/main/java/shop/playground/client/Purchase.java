package shop.playground.client;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import shop.playground.client.Outcome.Kind;
import shop.playground.load.Errand;
import shop.playground.load.Reply;
import shop.playground.load.Request;

/**
 * One buyer's way through the flash sale, whatever carries the requests: asks until the answer is definite, as every
 * decent client does. One request after the other.
 */
public final class Purchase {

    private static final String WAIT = "?wait=5";
    private static final Duration NOT_YET = Duration.ofMillis(250);
    private static final Duration AFTER_SILENCE = Duration.ofSeconds(1);

    private final String sale;
    private final Buyer buyer;
    private int shed;
    private int taken;
    private int unconfirmed;
    private int away;
    private boolean accepted;
    private boolean inDoubt;
    private @Nullable String ticket; // where it is
    private @Nullable Kind kind;
    private @Nullable String order;

    public Purchase(String sale, Buyer buyer) {
        this.sale = sale;
        this.buyer = buyer;
    }

    /** Clicks until the shop has said yes or no. */
    public Errand click() {
        return errand(this::clicked);
    }

    /** Does what is left after {@link #click}, until the ticket is an order or a refusal. */
    public Errand follow() {
        return errand(() -> kind != null);
    }

    /** Whether the shop has said yes or no; what became of a yes is to be asked. */
    public boolean clicked() {
        return ticket != null || kind != null;
    }

    /** Whether the shop has said 202. */
    public boolean accepted() {
        return accepted;
    }

    public boolean settled() {
        return kind != null;
    }

    public Outcome outcome() {
        return new Outcome(kind == null ? Kind.UNSETTLED : kind, shed, taken, unconfirmed, away, order);
    }

    Request request() {
        Request request = ticket == null ? Request.post("/sales/" + sale + "/purchases") : Request.get(ticket + WAIT);
        return request.withToken(buyer.token());
    }

    /** Returns how long to wait before the next request; see {@link #settled}. */
    Duration heard(Answer answer) {
        return ticket == null ? clicked(answer) : followed(answer);
    }

    /** No answer may mean yes: the same request finds the ticket if there is one. */
    Duration unheard() {
        if (ticket == null) {
            away++;
            inDoubt = true;
        }
        return AFTER_SILENCE;
    }

    private Duration clicked(Answer answer) {
        switch (answer.status()) {
            case 202 -> {
                accepted = true;
                ticket = "/purchases/" + answer.text("ticket");
            }
            case 410 -> gone(answer);
            case 503 -> {
                return again(answer);
            }
            default ->
                throw new UnexpectedException(answer.request() + " answered " + answer.status() + ": " + answer.body());
        }
        return Duration.ZERO;
    }

    /** Nothing is left; but if an answer got lost before, it may have been a yes: then the refusal's link knows. */
    private void gone(Answer answer) {
        String link = answer.headers().first("Link");
        if (inDoubt && link != null) {
            ticket = link.substring(link.indexOf('<') + 1, link.indexOf('>'));
        } else {
            kind = Kind.SOLD_OUT;
        }
    }

    private Duration again(Answer answer) {
        switch (answer.problem()) {
            case "shed" -> shed++;
            case "spoken-for" -> taken++;
            case "unconfirmed" -> {
                unconfirmed++;
                inDoubt = true;
            }
            case "recounting" -> away++;
            default -> {
                away++;
                inDoubt = true;
            }
        }
        return jittered(answer.retryAfter());
    }

    private Duration followed(Answer answer) {
        switch (answer.status()) {
            case 200 -> {
                switch (answer.text("state")) {
                    case "ORDERED" -> {
                        kind = Kind.ORDERED;
                        order = answer.text("order");
                    }
                    case "REFUSED" -> kind = Kind.REFUSED;
                    default -> {
                        return NOT_YET;
                    }
                }
            }
            case 404 -> { // released, or there was none: the next click says which
                ticket = null;
                inDoubt = false;
            }
            case 503 -> {
                return jittered(answer.retryAfter());
            }
            default -> answer.expect(200);
        }
        return Duration.ZERO;
    }

    /** Up to half as much again, so that those who were sent away together do not come back together. */
    private static Duration jittered(Duration pause) {
        return pause.plusMillis(ThreadLocalRandom.current().nextLong(pause.toMillis() / 2 + 1));
    }

    private Errand errand(BooleanSupplier over) {
        return new Errand() {
            @Override
            public Request request() {
                return Purchase.this.request();
            }

            @Override
            public Optional<Duration> heard(Reply reply) {
                return next(Purchase.this.heard(Answer.of(request(), reply)));
            }

            @Override
            public Optional<Duration> unheard() {
                return next(Purchase.this.unheard());
            }

            private Optional<Duration> next(Duration pause) {
                return over.getAsBoolean() ? OVER : Optional.of(pause);
            }
        };
    }
}
