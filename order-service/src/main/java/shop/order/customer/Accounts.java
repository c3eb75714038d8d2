package shop.order.customer;

import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;
import org.springframework.stereotype.Repository;

/** The accounts, as the database has them. */
@Repository
public class Accounts {
    private final JdbcClient database;
    private final BCryptPasswordEncoder passwords;
    private final String hashOfNobody;

    Accounts(JdbcClient database, BCryptPasswordEncoder passwords) {
        this.database = database;
        this.passwords = passwords;
        this.hashOfNobody = passwords.encode("nobody has this password");
    }

    private record Stored(UUID id, String role, String passwordHash) {}

    /** The account with this e-mail address, if this is its password. */
    public Optional<Account> authenticate(String email, String password) {
        @Nullable
        Stored account =
                database.sql("""
                select id, role, password_hash from accounts where lower(email) = lower(?)""").param(email).query(Stored.class).optional().orElse(null);
        // An unknown address costs as much time as a wrong password, so that nobody learns which it was.
        boolean right = passwords.matches(password, account == null ? hashOfNobody : account.passwordHash());
        return right && account != null ? Optional.of(new Account(account.id(), account.role())) : Optional.empty();
    }

    /**
     * Stores a customer's account.
     *
     * @return false when the address is taken
     */
    boolean add(UUID id, String email, String passwordHash) {
        return database.sql("""
                insert into accounts (id, email, role, password_hash) values (?, ?, 'customer', ?)
                on conflict (lower(email)) do nothing""").params(id, email, passwordHash).update() == 1;
    }
}
