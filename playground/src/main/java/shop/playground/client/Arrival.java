package shop.playground.client;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import shop.playground.load.Errand;
import shop.playground.load.Reply;
import shop.playground.load.Request;

/** Somebody who comes to the shop, for the first time or again, and gets a token. */
public final class Arrival implements Errand {

    private static final Duration AFTER_SILENCE = Duration.ofSeconds(1);

    private final Request registration;
    private final Request signIn;
    private final SignedIn signedIn;
    private boolean known;

    private Arrival(Request registration, Request signIn, boolean known, SignedIn signedIn) {
        this.registration = registration;
        this.signIn = signIn;
        this.known = known;
        this.signedIn = signedIn;
    }

    /** Hears of the token. */
    @FunctionalInterface
    public interface SignedIn {

        /**
         * The errand is over.
         *
         * @param expires when the token will be of no use any more
         */
        void with(String token, Instant expires);
    }

    /** Registers, and signs in. */
    public static Arrival first(String name, String email, String phone, String password, SignedIn signedIn) {
        return new Arrival(
                Customer.registration(name, email, phone, "en", password),
                Customer.signIn(email, password),
                false,
                signedIn);
    }

    /** Signs in. */
    public static Arrival again(String email, String password, SignedIn signedIn) {
        Request signIn = Customer.signIn(email, password);
        return new Arrival(signIn, signIn, true, signedIn);
    }

    @Override
    public Request request() {
        return known ? signIn : registration;
    }

    @Override
    public Optional<Duration> heard(Reply reply) {
        Answer answer = Answer.of(request(), reply);
        if (answer.status() == 503) {
            return Optional.of(answer.retryAfter());
        }
        if (known) {
            String token = answer.expect(200).text("accessToken");
            signedIn.with(token, Instant.now().plusSeconds(answer.number("expiresIn")));
            return OVER;
        }
        if (!answer.problem().equals("email-taken")) { // by ourselves, if an answer got lost
            answer.expect(201);
        }
        known = true;
        return AT_ONCE;
    }

    @Override
    public Optional<Duration> unheard() {
        return Optional.of(AFTER_SILENCE);
    }
}
