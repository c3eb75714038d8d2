package shop.playground.rush;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import shop.playground.client.Arrival;

/**
 * The customers that rushes have registered at one shop, kept in a file that its owner alone can read: registering is slow,
 * since passwords are hashed.
 *
 * @param shop the id of the key that its tokens are signed with
 */
record Accounts(String shop, List<Account> accounts) {

    private static final JsonMapper json = new JsonMapper();
    private static final String PHONE = "+447000000000";

    /**
     * One of them.
     *
     * @param token the last one, if there was one: then the account is registered
     * @param expires when the token will be of no use any more, in seconds since 1970
     */
    record Account(String email, String password, @Nullable String token, long expires) {

        private static final long LEAST_VALIDITY_SECONDS = 3600;

        boolean hasToken() {
            return token != null && expires > Instant.now().getEpochSecond() + LEAST_VALIDITY_SECONDS;
        }

        /** Tells of the account when it has a token. */
        Arrival arrival(Consumer<Account> signedIn) {
            Arrival.SignedIn with =
                    (given, until) -> signedIn.accept(new Account(email, password, given, until.getEpochSecond()));
            return token == null
                    ? Arrival.first("Buyer", email, PHONE, password, with)
                    : Arrival.again(email, password, with);
        }

        @Override
        public String toString() {
            return email;
        }
    }

    /** Those of this shop; none where there is no such file, or it is of another shop. */
    static Accounts read(Path file, String shop) {
        if (Files.exists(file)) {
            try {
                Accounts kept = json.readValue(file.toFile(), new TypeReference<>() {});
                if (kept.shop().equals(shop)) {
                    return kept;
                }
            } catch (IOException e) {
                throw new UncheckedIOException(file + " cannot be read: remove it.", e);
            }
        }
        return new Accounts(shop, List.of());
    }

    void write(Path file) {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Path whole = Files.createTempFile(
                    file.toAbsolutePath().getParent(),
                    file.getFileName().toString(),
                    ".tmp",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            json.writeValue(whole.toFile(), this);
            Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
