package shop.playground.rush;

import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import shop.playground.client.Api;
import shop.playground.client.Buyer;
import shop.playground.console.Progress;
import shop.playground.console.Screen;
import shop.playground.load.Load;
import shop.playground.rush.Accounts.Account;

/** Gets a crowd ready: registered and signed in. */
public final class Buyers {

    /** More would only wait for each other: what takes the time is the hashing of passwords. */
    private static final int AT_A_TIME = 16;

    private final Api orders;
    private final Load load;
    private final Screen screen;

    /** They register at this order service. */
    public Buyers(URI orders, Screen screen) {
        this.orders = new Api(Api.client(), orders);
        this.load = Load.closed(List.of(orders), AT_A_TIME);
        this.screen = screen;
    }

    /** Buyers whom nobody has seen before. */
    public List<Buyer> newcomers(int number) {
        List<Account> accounts = new ArrayList<>(strangers(number));
        signIn(accounts);
        return buyers(accounts);
    }

    /**
     * Buyers who are kept in this file, and new ones where that does not hold so many. Whoever is signed in by then is
     * kept, too, if this fails or is {@linkplain #stop stopped}.
     *
     * @return fewer if it was stopped
     */
    List<Buyer> regulars(int number, Path file) {
        Accounts kept = kept(file);
        List<Account> accounts =
                new ArrayList<>(kept.accounts().stream().limit(number).toList());
        accounts.addAll(strangers(number - accounts.size()));
        try {
            signIn(accounts);
        } finally {
            Stream<Account> known = accounts.stream().filter(account -> account.token() != null);
            Stream<Account> others = kept.accounts().stream().skip(number);
            new Accounts(kept.shop(), Stream.concat(known, others).toList()).write(file);
        }
        return buyers(accounts);
    }

    /** Any thread may call it. */
    void stop() {
        load.stop();
    }

    /** Replaces those who need a token, as soon as they have one. */
    private void signIn(List<Account> accounts) {
        int[] missing = IntStream.range(0, accounts.size())
                .filter(number -> !accounts.get(number).hasToken())
                .toArray();
        if (missing.length > 0) {
            try (Progress progress = screen.countdown("buyers sign in", missing.length)) {
                load.run(Arrays.stream(missing)
                        .mapToObj(number -> accounts.get(number).arrival(signedIn -> {
                            accounts.set(number, signedIn);
                            progress.step();
                        }))
                        .iterator());
            }
        }
    }

    /** None if the file is of a shop whose data are gone, although it has the same key. */
    private Accounts kept(Path file) {
        String key = orders.get("/.well-known/jwks.json")
                .expect(200)
                .body()
                .at("/keys/0/kid")
                .asText();
        Accounts kept = Accounts.read(file, key);
        boolean known = kept.accounts().stream().findFirst().map(this::isKnown).orElse(true);
        return known ? kept : new Accounts(key, List.of());
    }

    private boolean isKnown(Account account) {
        return orders.post("/tokens", Map.of("email", account.email(), "password", account.password()))
                        .status()
                != 401;
    }

    private static List<Account> strangers(int number) {
        return IntStream.range(0, number)
                .mapToObj(one -> new Account(
                        "buyer." + UUID.randomUUID() + "@customers.example",
                        UUID.randomUUID().toString(),
                        null,
                        0))
                .toList();
    }

    /** Of those who have a token. */
    private static List<Buyer> buyers(List<Account> accounts) {
        return accounts.stream()
                .filter(Account::hasToken)
                .map(account -> new Buyer(account.email(), Objects.requireNonNull(account.token())))
                .toList();
    }
}
